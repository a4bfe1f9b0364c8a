"""How a finding looks: pages, plots and documents."""
