// Cookies of gorilla/securecookie, the protocol of ../session.c.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/gorilla/securecookie"
)

const subject = "alice@example.org"

func cpu() int64 {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return used.Utime.Nano() + used.Stime.Nano()
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Scan()
	var ask struct{ Key string }
	must(json.Unmarshal(lines.Bytes(), &ask))
	key, err := hex.DecodeString(ask.Key)
	must(err)
	codec := securecookie.New(key, nil)
	codec.SetSerializer(securecookie.JSONEncoder{})
	text, err := codec.Encode("session", map[string]string{"user": subject})
	must(err)
	answer, _ := json.Marshal(map[string]string{"text": text, "scheme": "gorilla",
		"name": "session", "subject": "/user",
		"version": "gorilla/securecookie, " + strings.TrimPrefix(runtime.Version(), "go")})
	fmt.Println(string(answer))
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		must(err)
		start := cpu()
		for i := 0; i < n; i++ {
			value := map[string]string{}
			must(codec.Decode("session", text, &value))
		}
		fmt.Println(cpu() - start)
	}
}
