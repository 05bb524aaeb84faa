"""The dashboard in a browser (extra ``app``): one module per page, and what pages share."""
