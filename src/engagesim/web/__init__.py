"""A laboratory in one HTML file: the compiled engine as WebAssembly, the page around it, and lessons."""
