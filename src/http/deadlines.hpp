#pragma once

#include <chrono>
#include <list>

namespace burnish::http {

// Ends what takes too long. The server looks at all of them a few times a second, so a deadline costs a request no more
// than a note of the time: a timer each would be set and taken back several times for every one. For the I/O thread.
class Deadlines {
 public:
  using Clock = std::chrono::steady_clock;

  // Something that may not take for ever.
  class Bound {
   public:
    explicit Bound(Deadlines& all) : all_(all), place_(all.bounds_.insert(all.bounds_.end(), this)) {}
    virtual ~Bound() { all_.bounds_.erase(place_); }
    Bound(const Bound&) = delete;
    Bound& operator=(const Bound&) = delete;

   protected:
    void EndAfter(std::chrono::milliseconds time) { deadline_ = Clock::now() + time; }
    void EndNever() { deadline_ = Clock::time_point::max(); }
    // Called once its time is over, again and again until it is gone or has another deadline.
    virtual void End() = 0;

   private:
    friend class Deadlines;
    Deadlines& all_;
    std::list<Bound*>::iterator place_;
    Clock::time_point deadline_ = Clock::time_point::max();
  };

  void Look() {
    const auto now = Clock::now();
    for (auto* bound : bounds_) {
      if (bound->deadline_ < now) bound->End();
    }
  }

 private:
  std::list<Bound*> bounds_;
};

}  // namespace burnish::http
