"""How one test's observation becomes a reading; one assay never reads another."""
