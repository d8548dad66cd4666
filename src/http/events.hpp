#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/caller.hpp"
#include "base/ids.hpp"

namespace burnish::http {

// Something that a page wants to know at once. Pages that miss one poll, so an event says what moved, not all of it.
struct Event {
  std::string kind;             // "change", "job", "ready"
  base::ProjectId project;      // empty: of the whole server, for everybody with a login
  boost::json::object members;  // of the message, beside `kind` and `project`
};

// Hands events to the WebSocket connections that subscribed to their project. Any thread may call any member;
// Publish never waits: a connection whose queue is full is closed, and its page polls and connects again.
class EventHub {
 public:
  // Says whether a caller may hear of a project; asked at subscription.
  using Guard = std::function<bool(const app::Caller&, const base::ProjectId&)>;
  explicit EventHub(Guard may_hear);
  ~EventHub();

  void Publish(const Event& event);
  std::size_t Listeners() const;

  // One connection, made by the server.
  class Listener {
   public:
    virtual ~Listener() = default;
    // `text` is one whole message. False: its queue is full.
    virtual bool Offer(std::shared_ptr<const std::string> text) = 0;
    virtual void Drop() = 0;
  };
  void Join(const std::shared_ptr<Listener>& listener, const app::Caller& caller);
  // Replaces what the listener hears. False if the caller may not hear of it.
  bool Subscribe(const Listener& listener, const base::ProjectId& project);
  void Leave(const Listener& listener);
  // Closes the connections of a person at once (logout, removal).
  void DropPerson(const base::PersonId& person);

 private:
  struct Seat;
  Guard may_hear_;
  mutable std::mutex mutex_;  // guards seats_
  std::unordered_map<const Listener*, Seat> seats_;
};

}  // namespace burnish::http
