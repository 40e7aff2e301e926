// Cookies made by gorilla/securecookie: JSON requests on stdin, a line each, the value of
// the cookie or what Decode says on stdout.
package main

import (
	"bufio"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/gorilla/securecookie"
)

type request struct {
	Name, HashKey, BlockKey, Serializer, Hash string
	Value                                     map[string]interface{}
	Raw                                       string
	Decode                                    string
}

func unhex(text string) []byte {
	if text == "" {
		return nil
	}
	made, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return made
}

func answer(ask request) (string, error) {
	codec := securecookie.New(unhex(ask.HashKey), unhex(ask.BlockKey))
	switch ask.Hash {
	case "sha1":
		codec.HashFunc(sha1.New)
	case "sha512":
		codec.HashFunc(sha512.New)
	}
	switch ask.Serializer {
	case "json":
		codec.SetSerializer(securecookie.JSONEncoder{})
	case "raw":
		codec.SetSerializer(securecookie.NopEncoder{})
		return codec.Encode(ask.Name, []byte(ask.Raw))
	}
	if ask.Decode != "" {
		var value map[string]interface{}
		if err := codec.Decode(ask.Name, ask.Decode, &value); err != nil {
			return "", err
		}
		return "ok", nil
	}
	return codec.Encode(ask.Name, ask.Value)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var ask request
		if err := json.Unmarshal(lines.Bytes(), &ask); err != nil {
			panic(err)
		}
		value, err := answer(ask)
		reply := map[string]string{"value": value}
		if err != nil {
			reply["error"] = err.Error()
		}
		text, _ := json.Marshal(reply)
		fmt.Println(string(text))
	}
}
