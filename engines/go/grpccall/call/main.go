// Command grpccall calls a plugin as the engine does, with the gRPC library that the engine is built with: `grpccall ADDRESS`.
// Each line on its input is `METHOD REQUEST-FILE ANSWER-FILE`; for each it prints the microseconds from the call to its answer, or "failed REASON".
// The files hold encoded messages, so that what is timed is the call and not the making of them.
package main

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// bytesAsTheyAre is a codec for messages that are encoded already.
type bytesAsTheyAre struct{}

func (bytesAsTheyAre) Name() string { return "proto" }

func (bytesAsTheyAre) Marshal(message any) ([]byte, error) { return message.([]byte), nil }

func (bytesAsTheyAre) Unmarshal(data []byte, message any) error {
	*message.(*[]byte) = append([]byte(nil), data...)
	return nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: grpccall ADDRESS")
		os.Exit(1)
	}
	// As the engine: sdk/go/common/util/rpcutil, messages of any size.
	connection, err := grpc.NewClient(
		os.Args[1],
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(
			grpc.ForceCodec(bytesAsTheyAre{}),
			grpc.MaxCallRecvMsgSize(math.MaxInt32),
			grpc.MaxCallSendMsgSize(math.MaxInt32),
		),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		took, err := call(connection, strings.Fields(lines.Text()))
		if err != nil {
			fmt.Println("failed", strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		fmt.Println(took.Microseconds())
	}
}

func call(connection *grpc.ClientConn, words []string) (time.Duration, error) {
	if len(words) != 3 {
		return 0, fmt.Errorf("%d words instead of METHOD REQUEST-FILE ANSWER-FILE", len(words))
	}
	request, err := os.ReadFile(words[1])
	if err != nil {
		return 0, err
	}
	var answer []byte
	began := time.Now()
	err = connection.Invoke(context.Background(), "/pulumirpc.ResourceProvider/"+words[0], request, &answer)
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	return took, os.WriteFile(words[2], answer, 0o600)
}
