"""The doors of HTTP: they translate, authenticate and open the transaction; they decide nothing."""
