/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/openapi.test.ts > TAP > a document, as a whole > must match snapshot 1`] = `
{
  "openapi": "3.1.0",
  "info": {
    "title": "Documents",
    "version": "1.0.0",
    "description": "Documents, pages and lists.",
    "contact": {
      "name": "Nobody",
      "url": "https://example.org",
      "email": "nobody@example.org"
    }
  },
  "components": {
    "schemas": {
      "def-0": {
        "title": "EtagProblem",
        "description": "Why a request was refused (RFC 9457).",
        "type": "object",
        "required": [
          "type",
          "title",
          "status",
          "detail",
          "instance",
          "code"
        ],
        "properties": {
          "type": {
            "type": "string",
            "format": "uri",
            "description": "Where the error is explained."
          },
          "title": {
            "type": "string",
            "description": "The phrase of the status."
          },
          "status": {
            "type": "integer"
          },
          "detail": {
            "type": "string",
            "description": "What is wrong with this request, and what to send."
          },
          "instance": {
            "type": "string",
            "description": "The path of the request."
          },
          "code": {
            "type": "string",
            "description": "The name of the error, which never changes."
          },
          "field": {
            "type": "string",
            "description": "The header field that decided, or that is missing."
          },
          "reason": {
            "type": "string",
            "description": "Why a condition is false: changed, exists, absent, weak or unevaluable."
          },
          "policy": {
            "type": "string",
            "enum": [
              "REQUIRED",
              "REQUIRED_FOR_DELETE",
              "OPTIONAL"
            ],
            "description": "The policy in force, where it is the reason."
          },
          "level": {
            "type": "string",
            "description": "Where that policy was declared."
          },
          "currentEtag": {
            "type": "string",
            "description": "The current ETag."
          }
        }
      }
    }
  },
  "paths": {
    "/documents/{id}": {
      "get": {
        "operationId": "readDocument",
        "summary": "readDocument",
        "tags": [
          "documents"
        ],
        "description": "What readDocument does.",
        "parameters": [
          {
            "schema": {
              "minLength": 1,
              "maxLength": 8,
              "type": "string"
            },
            "in": "path",
            "name": "id",
            "required": true
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-None-Match",
            "required": false,
            "description": "The ETag of the version that the client has, or several. The answer is 304 while it is the current one."
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Modified-Since",
            "required": false,
            "description": "The Last-Modified of the version that the client has. It counts only without If-None-Match."
          }
        ],
        "responses": {
          "200": {
            "description": "Default Response",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              },
              "Last-Modified": {
                "schema": {
                  "type": "string"
                },
                "description": "When that version was made, as an HTTP-date."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "required": [
                    "id",
                    "title",
                    "version",
                    "updatedAt"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    },
                    "title": {
                      "type": "string"
                    },
                    "version": {
                      "type": "integer"
                    },
                    "updatedAt": {
                      "format": "date-time",
                      "type": "string"
                    }
                  }
                }
              }
            }
          },
          "304": {
            "description": "The version that the client has is the current one.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              },
              "Last-Modified": {
                "schema": {
                  "type": "string"
                },
                "description": "When that version was made, as an HTTP-date."
              }
            }
          },
          "404": {
            "description": "Nothing is there, or nothing that the caller may see.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          }
        }
      },
      "head": {
        "operationId": "readDocument-head",
        "summary": "readDocument",
        "tags": [
          "documents"
        ],
        "description": "What readDocument does.",
        "parameters": [
          {
            "schema": {
              "minLength": 1,
              "maxLength": 8,
              "type": "string"
            },
            "in": "path",
            "name": "id",
            "required": true
          }
        ],
        "responses": {
          "200": {
            "description": "Default Response",
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "required": [
                    "id",
                    "title",
                    "version",
                    "updatedAt"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    },
                    "title": {
                      "type": "string"
                    },
                    "version": {
                      "type": "integer"
                    },
                    "updatedAt": {
                      "format": "date-time",
                      "type": "string"
                    }
                  }
                }
              }
            }
          }
        }
      },
      "put": {
        "operationId": "writeDocument",
        "summary": "writeDocument",
        "tags": [
          "documents"
        ],
        "description": "What writeDocument does.",
        "requestBody": {
          "required": true,
          "content": {
            "application/json": {
              "schema": {
                "additionalProperties": false,
                "type": "object",
                "required": [
                  "title"
                ],
                "properties": {
                  "title": {
                    "minLength": 1,
                    "type": "string"
                  }
                }
              }
            }
          }
        },
        "parameters": [
          {
            "schema": {
              "minLength": 1,
              "maxLength": 8,
              "type": "string"
            },
            "in": "path",
            "name": "id",
            "required": true
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Match",
            "required": true,
            "description": "The ETag of the version that this request changes. Without it the answer is 428."
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Unmodified-Since",
            "required": false,
            "description": "The Last-Modified of the version that this request changes. It counts only without If-Match."
          }
        ],
        "x-etag": {
          "policy": "REQUIRED",
          "level": "plugin"
        },
        "responses": {
          "200": {
            "description": "Default Response",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              },
              "Last-Modified": {
                "schema": {
                  "type": "string"
                },
                "description": "When that version was made, as an HTTP-date."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "required": [
                    "id",
                    "title",
                    "version",
                    "updatedAt"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    },
                    "title": {
                      "type": "string"
                    },
                    "version": {
                      "type": "integer"
                    },
                    "updatedAt": {
                      "format": "date-time",
                      "type": "string"
                    }
                  }
                }
              }
            }
          },
          "400": {
            "description": "A conditional field cannot be read, because the double quotes are missing for instance, or a body does not say which members it is about.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "404": {
            "description": "Nothing is there, or nothing that the caller may see.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "409": {
            "description": "The version moved while the request was under way, or something else has a value that must be unique.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "412": {
            "description": "A condition of the request is false: the version is another one by now, for instance.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "428": {
            "description": "The request must name the version that it changes, by the ETag in If-Match.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          }
        }
      },
      "delete": {
        "operationId": "removeDocument",
        "summary": "removeDocument",
        "tags": [
          "documents"
        ],
        "description": "What removeDocument does.",
        "parameters": [
          {
            "schema": {
              "minLength": 1,
              "maxLength": 8,
              "type": "string"
            },
            "in": "path",
            "name": "id",
            "required": true
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Match",
            "required": true,
            "description": "The ETag of the version that this request changes. Without it the answer is 428."
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Unmodified-Since",
            "required": false,
            "description": "The Last-Modified of the version that this request changes. It counts only without If-Match."
          }
        ],
        "x-etag": {
          "policy": "REQUIRED",
          "level": "plugin"
        },
        "responses": {
          "204": {
            "description": "It is gone."
          },
          "400": {
            "description": "A conditional field cannot be read, because the double quotes are missing for instance, or a body does not say which members it is about.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "404": {
            "description": "Nothing is there, or nothing that the caller may see.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "409": {
            "description": "The version moved while the request was under way, or something else has a value that must be unique.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "412": {
            "description": "A condition of the request is false: the version is another one by now, for instance.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "428": {
            "description": "The request must name the version that it changes, by the ETag in If-Match.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          }
        }
      }
    },
    "/legacy/{id}": {
      "put": {
        "operationId": "writeLegacy",
        "summary": "writeLegacy",
        "tags": [
          "documents"
        ],
        "description": "What writeLegacy does.",
        "requestBody": {
          "required": true,
          "content": {
            "application/json": {
              "schema": {
                "additionalProperties": false,
                "type": "object",
                "required": [
                  "title"
                ],
                "properties": {
                  "title": {
                    "minLength": 1,
                    "type": "string"
                  }
                }
              }
            }
          }
        },
        "parameters": [
          {
            "schema": {
              "type": "boolean"
            },
            "in": "query",
            "name": "dry",
            "required": false
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "query",
            "name": "checkEtag",
            "required": false,
            "description": "Asks for the check of If-Match, whatever the policy. Its value plays no part, and may be empty."
          },
          {
            "schema": {
              "minLength": 1,
              "maxLength": 8,
              "type": "string"
            },
            "in": "path",
            "name": "id",
            "required": true
          },
          {
            "schema": {
              "maxLength": 4,
              "type": "string"
            },
            "in": "header",
            "name": "x-tenant",
            "required": false
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "if-match",
            "required": false,
            "description": "Mine"
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Unmodified-Since",
            "required": false,
            "description": "The Last-Modified of the version that this request changes. It counts only without If-Match."
          }
        ],
        "x-etag": {
          "policy": "REQUIRED",
          "level": "plugin"
        },
        "responses": {
          "2XX": {
            "description": "Default Response",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              },
              "Last-Modified": {
                "schema": {
                  "type": "string"
                },
                "description": "When that version was made, as an HTTP-date."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "required": [
                    "id",
                    "title",
                    "version",
                    "updatedAt"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    },
                    "title": {
                      "type": "string"
                    },
                    "version": {
                      "type": "integer"
                    },
                    "updatedAt": {
                      "format": "date-time",
                      "type": "string"
                    }
                  }
                }
              }
            }
          },
          "4XX": {
            "description": "Refused",
            "content": {
              "application/json": {
                "schema": {
                  "description": "Refused",
                  "type": "object",
                  "required": [
                    "statusCode",
                    "message"
                  ],
                  "properties": {
                    "statusCode": {
                      "type": "integer"
                    },
                    "message": {
                      "type": "string"
                    }
                  }
                }
              }
            }
          }
        }
      }
    },
    "/pages/{id}": {
      "put": {
        "operationId": "writePage",
        "summary": "writePage",
        "tags": [
          "documents"
        ],
        "description": "What writePage does.",
        "requestBody": {
          "required": true,
          "content": {
            "application/json": {
              "schema": {
                "additionalProperties": false,
                "type": "object",
                "required": [
                  "title"
                ],
                "properties": {
                  "title": {
                    "minLength": 1,
                    "type": "string"
                  }
                }
              }
            }
          }
        },
        "parameters": [
          {
            "schema": {
              "minLength": 1,
              "maxLength": 8,
              "type": "string"
            },
            "in": "path",
            "name": "id",
            "required": true
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Match",
            "required": false,
            "description": "The ETag of the version that this request changes. Without it the answer may be 428."
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-None-Match",
            "required": false,
            "description": "\`*\` lets the request only make what is not there."
          }
        ],
        "x-etag": {
          "policy": "REQUIRED",
          "level": "plugin"
        },
        "responses": {
          "200": {
            "description": "Default Response",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "required": [
                    "id",
                    "title",
                    "version",
                    "updatedAt"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    },
                    "title": {
                      "type": "string"
                    },
                    "version": {
                      "type": "integer"
                    },
                    "updatedAt": {
                      "format": "date-time",
                      "type": "string"
                    }
                  }
                }
              }
            }
          },
          "400": {
            "description": "A conditional field cannot be read, because the double quotes are missing for instance, or a body does not say which members it is about.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "404": {
            "description": "Nothing is there, or nothing that the caller may see.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "409": {
            "description": "The version moved while the request was under way, or something else has a value that must be unique.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "412": {
            "description": "A condition of the request is false: the version is another one by now, for instance.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "428": {
            "description": "The request must name the version that it changes, by the ETag in If-Match.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          }
        }
      }
    },
    "/by-state/{id}": {
      "patch": {
        "operationId": "patchByState",
        "summary": "patchByState",
        "tags": [
          "documents"
        ],
        "description": "What patchByState does.",
        "requestBody": {
          "required": true,
          "content": {
            "application/json": {
              "schema": {
                "additionalProperties": false,
                "type": "object",
                "required": [
                  "title"
                ],
                "properties": {
                  "title": {
                    "minLength": 1,
                    "type": "string"
                  }
                }
              }
            }
          }
        },
        "parameters": [
          {
            "schema": {
              "type": "string"
            },
            "in": "query",
            "name": "checkEtag",
            "required": false,
            "description": "Asks for the check of If-Match, whatever the policy. Its value plays no part, and may be empty."
          },
          {
            "schema": {
              "minLength": 1,
              "maxLength": 8,
              "type": "string"
            },
            "in": "path",
            "name": "id",
            "required": true
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Match",
            "required": false,
            "description": "The ETag of the version that this request changes. Without it the answer may be 428."
          }
        ],
        "x-etag": {
          "policy": "REQUIRED",
          "level": "plugin",
          "dependsOnState": true
        },
        "responses": {
          "200": {
            "description": "Default Response",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "required": [
                    "id",
                    "title",
                    "version",
                    "updatedAt"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    },
                    "title": {
                      "type": "string"
                    },
                    "version": {
                      "type": "integer"
                    },
                    "updatedAt": {
                      "format": "date-time",
                      "type": "string"
                    }
                  }
                }
              }
            }
          },
          "400": {
            "description": "A conditional field cannot be read, because the double quotes are missing for instance, or a body does not say which members it is about.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "404": {
            "description": "Nothing is there, or nothing that the caller may see.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "409": {
            "description": "The version moved while the request was under way, or something else has a value that must be unique.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "412": {
            "description": "A condition of the request is false: the version is another one by now, for instance.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "428": {
            "description": "The request must name the version that it changes, by the ETag in If-Match.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          }
        }
      }
    },
    "/list": {
      "get": {
        "operationId": "readList",
        "summary": "readList",
        "tags": [
          "documents"
        ],
        "description": "What readList does.",
        "parameters": [
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-None-Match",
            "required": false,
            "description": "The ETag of the version that the client has, or several. The answer is 304 while it is the current one."
          }
        ],
        "responses": {
          "200": {
            "description": "Default Response",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": [
                      "id",
                      "version"
                    ],
                    "properties": {
                      "id": {
                        "type": "string"
                      },
                      "version": {
                        "type": "integer"
                      }
                    }
                  }
                }
              }
            }
          },
          "304": {
            "description": "The version that the client has is the current one.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              }
            }
          },
          "404": {
            "description": "Nothing is there, or nothing that the caller may see.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          }
        }
      },
      "head": {
        "operationId": "readList-head",
        "summary": "readList",
        "tags": [
          "documents"
        ],
        "description": "What readList does.",
        "responses": {
          "200": {
            "description": "Default Response",
            "content": {
              "application/json": {
                "schema": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": [
                      "id",
                      "version"
                    ],
                    "properties": {
                      "id": {
                        "type": "string"
                      },
                      "version": {
                        "type": "integer"
                      }
                    }
                  }
                }
              }
            }
          }
        }
      },
      "put": {
        "operationId": "writeList",
        "summary": "writeList",
        "tags": [
          "documents"
        ],
        "description": "What writeList does.",
        "requestBody": {
          "required": true,
          "content": {
            "application/json": {
              "schema": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": [
                    "id",
                    "version"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    },
                    "version": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        },
        "parameters": [
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Match",
            "required": true,
            "description": "The ETag of the version that this request changes. Without it the answer is 428."
          }
        ],
        "x-etag": {
          "policy": "REQUIRED",
          "level": "plugin"
        },
        "responses": {
          "200": {
            "description": "Default Response",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": [
                      "id",
                      "version"
                    ],
                    "properties": {
                      "id": {
                        "type": "string"
                      },
                      "version": {
                        "type": "integer"
                      }
                    }
                  }
                }
              }
            }
          },
          "400": {
            "description": "A conditional field cannot be read, because the double quotes are missing for instance, or a body does not say which members it is about.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "404": {
            "description": "Nothing is there, or nothing that the caller may see.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "409": {
            "description": "The version moved while the request was under way, or something else has a value that must be unique.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "412": {
            "description": "A condition of the request is false: the version is another one by now, for instance.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          },
          "428": {
            "description": "The request must name the version that it changes, by the ETag in If-Match.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the current version."
              }
            },
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          }
        }
      }
    },
    "/bulk": {
      "patch": {
        "operationId": "writeBulk",
        "summary": "writeBulk",
        "tags": [
          "documents"
        ],
        "description": "What writeBulk does.",
        "requestBody": {
          "required": true,
          "content": {
            "application/json": {
              "schema": {
                "type": "array",
                "items": {
                  "additionalProperties": false,
                  "type": "object",
                  "required": [
                    "title"
                  ],
                  "properties": {
                    "title": {
                      "minLength": 1,
                      "type": "string"
                    }
                  }
                }
              }
            }
          }
        },
        "x-etag": {
          "policy": "OPTIONAL",
          "level": "route",
          "waived": true
        },
        "responses": {
          "204": {
            "description": "All are written."
          }
        }
      }
    },
    "/weak": {
      "get": {
        "operationId": "readWeak",
        "summary": "readWeak",
        "tags": [
          "documents"
        ],
        "description": "What readWeak does.",
        "parameters": [
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-None-Match",
            "required": false,
            "description": "The ETag of the version that the client has, or several. The answer is 304 while it is the current one."
          }
        ],
        "responses": {
          "200": {
            "description": "Default Response",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "required": [
                    "id"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    }
                  }
                }
              }
            }
          },
          "304": {
            "description": "The version that the client has is the current one.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              }
            }
          },
          "404": {
            "description": "Nothing is there, or nothing that the caller may see.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          }
        }
      },
      "head": {
        "operationId": "readWeak-head",
        "summary": "readWeak",
        "tags": [
          "documents"
        ],
        "description": "What readWeak does.",
        "responses": {
          "200": {
            "description": "Default Response",
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "required": [
                    "id"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    }
                  }
                }
              }
            }
          }
        }
      }
    },
    "/untold/{id}": {
      "get": {
        "parameters": [
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-None-Match",
            "required": false,
            "description": "The ETag of the version that the client has, or several. The answer is 304 while it is the current one."
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Modified-Since",
            "required": false,
            "description": "The Last-Modified of the version that the client has. It counts only without If-None-Match."
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "path",
            "name": "id",
            "required": true
          }
        ],
        "responses": {
          "200": {
            "description": "Default Response",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              },
              "Last-Modified": {
                "schema": {
                  "type": "string"
                },
                "description": "When that version was made, as an HTTP-date."
              }
            }
          },
          "304": {
            "description": "The version that the client has is the current one.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              },
              "Last-Modified": {
                "schema": {
                  "type": "string"
                },
                "description": "When that version was made, as an HTTP-date."
              }
            }
          },
          "404": {
            "description": "Nothing is there, or nothing that the caller may see.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          }
        }
      },
      "head": {
        "parameters": [
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-None-Match",
            "required": false,
            "description": "The ETag of the version that the client has, or several. The answer is 304 while it is the current one."
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Modified-Since",
            "required": false,
            "description": "The Last-Modified of the version that the client has. It counts only without If-None-Match."
          },
          {
            "schema": {
              "type": "string"
            },
            "in": "path",
            "name": "id",
            "required": true
          }
        ],
        "responses": {
          "200": {
            "description": "Default Response",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              },
              "Last-Modified": {
                "schema": {
                  "type": "string"
                },
                "description": "When that version was made, as an HTTP-date."
              }
            }
          },
          "304": {
            "description": "The version that the client has is the current one.",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              },
              "Last-Modified": {
                "schema": {
                  "type": "string"
                },
                "description": "When that version was made, as an HTTP-date."
              }
            }
          },
          "404": {
            "description": "Nothing is there, or nothing that the caller may see.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          }
        }
      }
    },
    "/documents": {
      "post": {
        "operationId": "makeDocument",
        "summary": "makeDocument",
        "tags": [
          "documents"
        ],
        "description": "What makeDocument does.",
        "requestBody": {
          "required": true,
          "content": {
            "application/json": {
              "schema": {
                "additionalProperties": false,
                "type": "object",
                "required": [
                  "title"
                ],
                "properties": {
                  "title": {
                    "minLength": 1,
                    "type": "string"
                  }
                }
              }
            }
          }
        },
        "responses": {
          "201": {
            "description": "Default Response",
            "headers": {
              "ETag": {
                "schema": {
                  "type": "string"
                },
                "description": "The entity-tag of the version that the answer shows."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "required": [
                    "id",
                    "title",
                    "version",
                    "updatedAt"
                  ],
                  "properties": {
                    "id": {
                      "type": "string"
                    },
                    "title": {
                      "type": "string"
                    },
                    "version": {
                      "type": "integer"
                    },
                    "updatedAt": {
                      "format": "date-time",
                      "type": "string"
                    }
                  }
                }
              }
            }
          }
        }
      }
    },
    "/plain": {
      "get": {
        "operationId": "readPlain",
        "summary": "readPlain",
        "tags": [
          "documents"
        ],
        "description": "What readPlain does.",
        "responses": {
          "200": {
            "description": "Always.",
            "content": {
              "application/json": {
                "schema": {
                  "description": "Always.",
                  "type": "object",
                  "required": [
                    "ok"
                  ],
                  "properties": {
                    "ok": {
                      "type": "boolean"
                    }
                  }
                }
              }
            }
          }
        }
      },
      "head": {
        "operationId": "readPlain-head",
        "summary": "readPlain",
        "tags": [
          "documents"
        ],
        "description": "What readPlain does.",
        "responses": {
          "200": {
            "description": "Always.",
            "content": {
              "application/json": {
                "schema": {
                  "description": "Always.",
                  "type": "object",
                  "required": [
                    "ok"
                  ],
                  "properties": {
                    "ok": {
                      "type": "boolean"
                    }
                  }
                }
              }
            }
          }
        }
      }
    },
    "/dated": {
      "get": {
        "operationId": "readDated",
        "summary": "readDated",
        "tags": [
          "documents"
        ],
        "description": "What readDated does.",
        "parameters": [
          {
            "schema": {
              "type": "string"
            },
            "in": "header",
            "name": "If-Modified-Since",
            "required": false,
            "description": "The Last-Modified of the version that the client has. It counts only without If-None-Match."
          }
        ],
        "responses": {
          "200": {
            "description": "Default Response",
            "headers": {
              "Last-Modified": {
                "schema": {
                  "type": "string"
                },
                "description": "When that version was made, as an HTTP-date."
              }
            },
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "required": [
                    "updatedAt"
                  ],
                  "properties": {
                    "updatedAt": {
                      "type": "string"
                    }
                  }
                }
              }
            }
          },
          "304": {
            "description": "The version that the client has is the current one.",
            "headers": {
              "Last-Modified": {
                "schema": {
                  "type": "string"
                },
                "description": "When that version was made, as an HTTP-date."
              }
            }
          },
          "404": {
            "description": "Nothing is there, or nothing that the caller may see.",
            "content": {
              "application/problem+json": {
                "schema": {
                  "$ref": "#/components/schemas/def-0"
                }
              }
            }
          }
        }
      },
      "head": {
        "operationId": "readDated-head",
        "summary": "readDated",
        "tags": [
          "documents"
        ],
        "description": "What readDated does.",
        "responses": {
          "200": {
            "description": "Default Response",
            "content": {
              "application/json": {
                "schema": {
                  "type": "object",
                  "required": [
                    "updatedAt"
                  ],
                  "properties": {
                    "updatedAt": {
                      "type": "string"
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  },
  "servers": [
    {
      "url": "https://api.example.org"
    }
  ],
  "tags": [
    {
      "name": "documents",
      "description": "What is written"
    }
  ]
}
`
