// Json-exporter stands in for json_exporter 0.8, whose Go module is not served: it reads the same file, as far as this library
// writes one, asks the same targets in the same way, and finds values by the same library, JSONPath of Kubernetes. That json_exporter does
// the same is read in its source.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
	"k8s.io/client-go/util/jsonpath"
)

type config struct {
	Modules map[string]module
}

type module struct {
	Headers map[string]string
	Body    struct{ Content string }
	Metrics []metric
}

type metric struct {
	Name, Help, Type, ValueType, Path string
	Labels, Values                    map[string]string
}

func main() {
	file := flag.String("config.file", "config.yml", "modules")
	flag.Parse()
	text, err := os.ReadFile(*file)
	if err != nil {
		log.Fatal(err)
	}
	var configured config
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&configured); err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/metrics", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/probe", func(answer http.ResponseWriter, request *http.Request) {
		asked, known := configured.Modules[request.FormValue("module")]
		if !known {
			http.Error(answer, "no such module", http.StatusBadRequest)
			return
		}
		data, err := fetch(asked, request.FormValue("target"))
		if err != nil {
			http.Error(answer, err.Error(), http.StatusServiceUnavailable)
			return
		}
		for _, each := range asked.Metrics {
			if err := write(answer, each, data); err != nil {
				log.Print(each.Name, ": ", err)
			}
		}
	})
	log.Fatal(http.ListenAndServe(":7979", nil))
}

func fetch(asked module, target string) (data any, err error) {
	method, body := "GET", asked.Body.Content
	if body != "" {
		method = "POST"
	}
	request, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	for name, value := range asked.Headers {
		request.Header.Set(name, value)
	}
	client := http.Client{Timeout: 10 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return nil, fmt.Errorf("%s", answer.Status)
	}
	return data, json.NewDecoder(answer.Body).Decode(&data)
}

func write(answer http.ResponseWriter, each metric, data any) error {
	if each.Type != "object" {
		return series(answer, each, each.Name, each.Path, data)
	}
	text, err := find(each.Path, data, true)
	if err != nil {
		return err
	}
	var objects []any
	if err := json.Unmarshal([]byte(text), &objects); err != nil {
		return err
	}
	for _, object := range objects {
		for end, path := range each.Values {
			if err := series(answer, each, each.Name+"_"+end, path, object); err != nil {
				return err
			}
		}
	}
	return nil
}

func series(answer http.ResponseWriter, each metric, name, path string, data any) error {
	text, err := find(path, data, false)
	if err != nil {
		return err
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return err
	}
	var labels []string
	for label, path := range each.Labels {
		found, err := find(path, data, false)
		if err != nil {
			return err
		}
		labels = append(labels, fmt.Sprintf("%s=%q", label, found))
	}
	fmt.Fprintf(answer, "%s{%s} %v\n", name, strings.Join(labels, ","), value)
	return nil
}

func find(path string, data any, asJSON bool) (string, error) {
	parsed := jsonpath.New("")
	parsed.EnableJSONOutput(asJSON)
	if err := parsed.Parse(path); err != nil {
		return "", err
	}
	var text bytes.Buffer
	if err := parsed.Execute(&text, data); err != nil {
		return "", err
	}
	if unquoted, err := jsonpath.UnquoteExtend(text.String()); err == nil {
		return unquoted, nil
	}
	return text.String(), nil
}
