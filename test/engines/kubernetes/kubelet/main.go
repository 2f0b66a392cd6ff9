// Stands in for a kubelet where the API server sends commands, and forwards ports. What is streamed, and how, is Kubernetes' own
// code; what runs commands is a program of the test, and whose ports they are stands in a file:
//
//	<containers>/<namespace>/<pod>/<container> command [argument...]
//	<containers>/<namespace>/<pod>/.address
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

var (
	address     = flag.String("address", "", "host and port to listen on")
	certificate = flag.String("certificate", "", "file of the certificate, PEM")
	key         = flag.String("key", "", "file of its key, PEM")
	containers  = flag.String("containers", "", "folder of the containers' programs")
)

// container is its program.
type container string

func (at container) ExecInContainer(ctx context.Context, _, _, _ string, command []string, in io.Reader, out, errOut io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	process := exec.CommandContext(ctx, string(at), command...)
	process.Stdout, process.Stderr = out, errOut
	if in != nil { // not as its Stdin: then its end would wait for the end of the input
		stdin, err := process.StdinPipe()
		if err != nil {
			return err
		}
		go func() {
			_, _ = io.Copy(stdin, in)
			_ = stdin.Close()
		}()
	}
	err := process.Run()
	if exit := (&exec.ExitError{}); errors.As(err, &exit) {
		return utilexec.CodeExitError{Err: err, Code: exit.ExitCode()}
	}
	return err
}

func (at container) serveExec(response http.ResponseWriter, request *http.Request) {
	options, err := remotecommand.NewOptions(request)
	if err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(response, request, at, "", "", "", request.URL.Query()["command"], options, time.Hour,
		remotecommand.DefaultStreamCreationTimeout, remotecommand.SupportedStreamingProtocols)
}

// pod is its address.
type pod string

func (at pod) PortForward(_ context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	connection, err := net.Dial("tcp", net.JoinHostPort(string(at), fmt.Sprint(port)))
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(connection, stream)
		_ = connection.Close()
	}()
	_, err = io.Copy(stream, connection)
	return err
}

func (at pod) servePorts(response http.ResponseWriter, request *http.Request) {
	options, err := portforward.NewV4Options(request)
	if err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(response, request, at, "", "", options, time.Hour,
		remotecommand.DefaultStreamCreationTimeout, portforward.SupportedProtocols)
}

func main() {
	flag.Parse()
	http.HandleFunc("/portForward/{namespace}/{pod}", func(response http.ResponseWriter, request *http.Request) {
		at, err := os.ReadFile(filepath.Join(*containers, request.PathValue("namespace"), request.PathValue("pod"), ".address"))
		if err != nil {
			http.Error(response, "pod not found", http.StatusNotFound)
			return
		}
		pod(at).servePorts(response, request)
	})
	http.HandleFunc("/exec/{namespace}/{pod}/{container}", func(response http.ResponseWriter, request *http.Request) {
		name := request.PathValue("container")
		at := filepath.Join(*containers, request.PathValue("namespace"), request.PathValue("pod"), name)
		if _, err := os.Stat(at); err != nil {
			http.Error(response, fmt.Sprintf("container not found (%q)", name), http.StatusNotFound)
			return
		}
		container(at).serveExec(response, request)
	})
	log.Fatal(http.ListenAndServeTLS(*address, *certificate, *key, nil))
}
