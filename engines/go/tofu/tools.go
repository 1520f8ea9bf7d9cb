//go:build tools

// Package engines pins OpenTofu, so that `go build` in this folder builds the version go.mod and go.sum name.
package engines

import _ "github.com/opentofu/opentofu/cmd/tofu"
