"""The bank network's face: accounts, links, transfers, and the provider's own book of them."""
