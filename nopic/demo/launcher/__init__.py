"""What `make demo` runs: servers, migration, mock registry, web, worker, sweeper, beat and demo data, in one terminal."""
