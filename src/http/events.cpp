#include "http/events.hpp"

#include <boost/json/serialize.hpp>
#include <utility>
#include <vector>

namespace burnish::http {

struct EventHub::Seat {
  std::weak_ptr<Listener> listener;
  app::Caller caller;
  base::ProjectId project;  // empty: none chosen yet
};

EventHub::EventHub(Guard may_hear) : may_hear_(std::move(may_hear)) {}
EventHub::~EventHub() = default;

void EventHub::Publish(const Event& event) {
  boost::json::object message{{"kind", event.kind}};
  if (!event.project.Empty()) message["project"] = event.project.Text();
  for (const auto& member : event.members) message[member.key()] = member.value();
  const auto text = std::make_shared<const std::string>(boost::json::serialize(message));

  std::vector<std::shared_ptr<Listener>> receivers;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [key, seat] : seats_) {
      if (!event.project.Empty() && seat.project != event.project) continue;
      if (auto listener = seat.listener.lock()) receivers.push_back(std::move(listener));
    }
  }
  for (const auto& receiver : receivers) {
    if (!receiver->Offer(text)) receiver->Drop();
  }
}

std::size_t EventHub::Listeners() const {
  const std::scoped_lock lock(mutex_);
  return seats_.size();
}

void EventHub::Join(const std::shared_ptr<Listener>& listener, const app::Caller& caller) {
  const std::scoped_lock lock(mutex_);
  seats_[listener.get()] = Seat{listener, caller, {}};
}

bool EventHub::Subscribe(const Listener& listener, const base::ProjectId& project) {
  app::Caller caller;
  {
    const std::scoped_lock lock(mutex_);
    const auto seat = seats_.find(&listener);
    if (seat == seats_.end()) return false;
    caller = seat->second.caller;
  }
  if (!may_hear_(caller, project)) return false;
  const std::scoped_lock lock(mutex_);
  const auto seat = seats_.find(&listener);
  if (seat == seats_.end()) return false;
  seat->second.project = project;
  return true;
}

void EventHub::Leave(const Listener& listener) {
  const std::scoped_lock lock(mutex_);
  seats_.erase(&listener);
}

void EventHub::DropPerson(const base::PersonId& person) {
  std::vector<std::shared_ptr<Listener>> dropped;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [key, seat] : seats_) {
      if (seat.caller.person != person) continue;
      if (auto listener = seat.listener.lock()) dropped.push_back(std::move(listener));
    }
  }
  for (const auto& listener : dropped) listener->Drop();
}

}  // namespace burnish::http
