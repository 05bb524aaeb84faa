"""The dashboard in a browser (extra ``app``): one module per page, and the code that pages share."""
