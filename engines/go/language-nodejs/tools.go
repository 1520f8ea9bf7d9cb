//go:build tools

// Package engines pins Pulumi's Node language host at the last version published as a Go module.
package engines

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
