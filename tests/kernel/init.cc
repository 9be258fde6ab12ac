// The first process of a user-mode Linux kernel whose root file system is the host's: mounts what a system has, loads
// the modules named in WORK/modules, runs WORK/command (where, and its arguments, each ended by a zero octet), leaves
// what that printed in WORK/output and its exit status in WORK/status (124: it took longer than LIMIT seconds), and
// turns the machine off. WORK and LIMIT stand on the kernel's command line, which comes here as the environment.
// Stands in for init, modprobe and poweroff, so that no test needs their packages.
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::string const kModules = "/usr/lib/uml/modules/";

std::string content(std::string const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void mount_or_say(char const* type, char const* where) {
  if (::mount(type, where, type, 0, nullptr) != 0) std::perror(where);
}

void load_file(std::string const& file) {
  int const fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (::syscall(SYS_finit_module, fd, "", 0) != 0 && errno != EEXIST) std::perror(file.c_str());
  ::close(fd);
}

// A line of modules.dep is "FILE: what must be loaded before it, the last one first".
void load_module(std::string const& tree, std::string const& name) {
  std::ifstream dependencies(tree + "modules.dep");
  for (std::string line; std::getline(dependencies, line);) {
    auto const colon = line.find(':');
    if (colon == std::string::npos || !line.substr(0, colon).ends_with("/" + name + ".ko")) continue;
    std::istringstream rest(line.substr(colon + 1));
    std::vector<std::string> const before{std::istream_iterator<std::string>(rest), {}};
    for (auto it = before.rbegin(); it != before.rend(); ++it) load_file(tree + *it);
    return load_file(tree + line.substr(0, colon));
  }
  std::fprintf(stderr, "this kernel has no module %s\n", name.c_str());
}

// Written through, so that the host sees also the last words of what hangs.
void redirect(std::string const& work) {
  int const out = ::open((work + "/output").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_SYNC | O_CLOEXEC, 0644);
  ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
  ::dup2(out, 1);
  ::dup2(out, 2);
}

void prepare(std::string const& work) {
  mount_or_say("proc", "/proc");
  mount_or_say("sysfs", "/sys");
  mount_or_say("tmpfs", "/run");
  ::mkdir("/run/netns", 0755);
  ::setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  ::setenv("HOME", "/root", 1);
  ::setenv("CI", "true", 1);  // here nothing is missing that would be a reason to skip
  utsname kernel{};
  ::uname(&kernel);
  std::ifstream modules(work + "/modules");
  for (std::string name; modules >> name;) load_module(kModules + kernel.release + "/", name);
}

[[noreturn]] void become(std::string const& work) {
  auto words = content(work + "/command");
  std::vector<char*> argv;
  for (std::size_t at = 0; at < words.size(); at += std::strlen(&words[at]) + 1) argv.push_back(&words[at]);
  argv.push_back(nullptr);
  if (::chdir(argv[0]) != 0) std::perror(argv[0]);
  ::execvp(argv[1], &argv[1]);
  std::perror(argv[1]);
  ::_exit(127);
}

// Whoever loses its parent becomes a child of this process.
int status_of(pid_t command, unsigned limit) {
  struct sigaction interrupt {};
  interrupt.sa_handler = [](int) {};
  ::sigaction(SIGALRM, &interrupt, nullptr);
  ::alarm(limit);
  int raw = 0;
  for (pid_t ended = 0; ended != command;) {
    ended = ::wait(&raw);
    if (ended >= 0) continue;
    std::printf("stopped after %u seconds\n", limit);
    return 124;
  }
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

}  // namespace

int main() {
  auto const* const given = std::getenv("uml_work");
  auto const* const limit = std::getenv("uml_timeout");
  if (given == nullptr || limit == nullptr || ::getpid() != 1) {
    std::fputs("This is the first process of a test's own kernel: tests/kernel/run-in-uml starts it.\n", stderr);
    return 2;
  }
  std::string const work = given;
  redirect(work);
  prepare(work);
  pid_t const command = ::fork();
  if (command == 0) become(work);
  auto const status = status_of(command, static_cast<unsigned>(std::strtoul(limit, nullptr, 10)));
  std::fflush(stdout);
  std::ofstream(work + "/status") << status << '\n';
  ::sync();
  ::reboot(RB_POWER_OFF);
  return 0;
}
