"""The article on an HTML page: its blocks, and which of them are the article; fetching a page is for `web.py`."""
