"""How each model is found in Crelate: by key, by parent, whole or page by page, one module per model.

Every function takes the request's `Session` and answers a list of keys at once. Errors that concern single keys are
values of the answer. `gateway.crelate.connector` knows which function answers which question.
"""
