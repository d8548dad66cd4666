#pragma once

namespace burnish::media {

// A decoder child in the hands of an attacker. It does what the file's first four bytes say: "DIE!", "HANG", "EXIT",
// "LIE1" (results outside the shared memory), "LIE2" (a model input of another size), "LIE3" (numbers that are none),
// "SHRT" (a packet too short); with any other file it answers that it is a JPEG of 1 x 1.
int FaultyDecoderMain();

}  // namespace burnish::media
