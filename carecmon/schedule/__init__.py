"""When sources are asked, and the clock that asks them. What is due is decided from the store, never by the clock."""
