//go:build tools

// Package engines pins the Pulumi CLI, so that `go build` in this folder builds the version go.mod and go.sum name.
package engines

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
