"""Who may ask what, of which account: access tokens, JSON Web Tokens, and what browsers are kept from."""
