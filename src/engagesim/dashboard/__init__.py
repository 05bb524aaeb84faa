"""The dashboard in a browser (extra ``app``): one module a page, and what pages share."""
