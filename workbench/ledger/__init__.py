"""The only room that talks SQL: proposals, decisions, events, runs, releases, manifests."""
