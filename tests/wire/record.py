#!/usr/bin/env python3
"""Records what a real ACP agent says to the scripted model: makes the files of this folder.

    record.py --shared SHARED --agents DIR [--more DIR] --work SCRATCH --out tests/wire AGENT SCENARIO...

SHARED holds tools/agents.py and fakemodel/fakemodel.py, DIR is what `agents.py install DIR` made, --more is a folder with agents
that agents.py does not know (see MORE below), SCRATCH is an empty folder for repositories and homes. Each scenario gets an agent
process, a home, a repository and a model of its own, on loopback only, and is written to OUT/AGENT/SCENARIO.jsonl:

    line 1   {"wire": {"agent", "version", "scenario", "made": "recorded" | "handmade", "cut": [what was left out]}}
    others   {"dir": "out" | "in", "msg": the JSON-RPC message}  or  {"dir": "in", "raw": a line that is no JSON}

The client speaks as taut does: no fs, no terminal, terminal output told in updates. Paths, ports and the user's name are replaced;
long lists (models, commands) are cut to three entries, long runs of one kind of update to their ends. Standard library only.
"""
import argparse, json, os, queue, re, shutil, signal, subprocess, sys, threading, time

CLIENT = {'fs': {'readTextFile': False, 'writeTextFile': False}, 'terminal': False, '_meta': {'terminal_output': True}}
OPENAI = {'OPENAI_BASE_URL': 'http://127.0.0.1:$PORT/v1', 'OPENAI_API_KEY': 'fake', 'OPENAI_MODEL': 'fake-model'}
QUIET = {'security': {'auth': {'selectedType': 'openai'}, 'folderTrust': {'enabled': False}}, 'model': {'name': 'fake-model'},
         'privacy': {'usageStatisticsEnabled': False}, 'telemetry': {'enabled': False}, 'general': {'enableAutoUpdate': False}}
URL = 'http://127.0.0.1:$PORT/v1'
MORE = {   # agents that agents.py does not know: command, environment, files
    'qwen-code': (['node', '$MORE/qwen-code/node_modules/@qwen-code/qwen-code/cli-entry.js', '--acp'], OPENAI,
                  {'.qwen/settings.json': json.dumps(QUIET)}),
    'kimi-code': (['node', '$MORE/kimi-code/node_modules/@moonshot-ai/kimi-code/dist/main.mjs', 'acp'], {'KIMI_CODE_HOME': '$HOME/.kimi-code'},
                  {'.kimi-code/config.toml': 'default_model="fake"\ntelemetry=false\n[models.fake]\nprovider="fake"\nmodel="fake-model"\n'
                   f'max_context_size=200000\n[providers.fake]\ntype="kimi"\nbase_url="{URL}"\napi_key="fake"\n'}),
    'cline': (['node', '$MORE/cline/node_modules/cline/bin/cline', '--acp'], {'CLINE_API_KEY': 'fake'},
              {'.cline/data/settings/providers.json': json.dumps({'version': 1, 'lastUsedProvider': 'cline', 'providers': {'cline': {
                  'settings': {'provider': 'cline', 'apiKey': 'fake', 'baseUrl': URL, 'model': 'fake-model'},
                  'updatedAt': '2026-11-22T00:00:00.000Z', 'tokenSource': 'manual'}}})}),
    'kimi-cli': (['$MORE/kimi-cli/bin/kimi', 'acp'], {}, {}),
    'mistral-vibe': (['$MORE/vibe/bin/vibe-acp'], {'VIBE_HOME': '$HOME/.vibe', 'MISTRAL_API_KEY': 'fake', 'FAKE_API_KEY': 'fake'},
                     {'.vibe/config.toml': 'active_model="fake"\nenable_telemetry=false\nenable_update_checks=false\n[[providers]]\nname="fake"\n'
                      f'api_base="{URL}"\napi_key_env_var="FAKE_API_KEY"\nbackend="generic"\n[[models]]\nname="fake-model"\nprovider="fake"\n'
                      'alias="fake"\n'}),
    'hermes': (['$MORE/hermes/bin/hermes-acp'], {'HERMES_HOME': '$HOME/.hermes'},
               {'.hermes/config.yaml': 'model:\n  default: fake-model\n  provider: custom\n'
                f'  base_url: {URL}\n  api_key: fake\n  context_length: 200000\n'}),
    'fast-agent': (['$MORE/fast-agent/bin/fast-agent-acp', '--model', 'generic.fake-model', '--shell'],
                   {'GENERIC_API_KEY': 'fake', 'GENERIC_BASE_URL': URL}, {}),
    'openhands': (['$MORE/openhands/bin/openhands', 'acp'], {}, {}),
}
ASKING_MODE = {'qwen-code': 'default', 'mistral-vibe': 'ask'}   # the mode in which these ask at all


def fill(value, names):
    for name, text in names.items():
        value = value.replace('$' + name, text)
    return value


class Agent:
    """One agent process, spoken to by newline-delimited JSON; everything that passes is kept in `log`."""

    def __init__(self, cmd, env, cwd, log):
        self.log, self.asked, self.next_id, self.answers = log, [], 100, {}
        self.choose = allow
        self.lines = queue.Queue()
        self.child = subprocess.Popen(cmd, env=env, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                      start_new_session=True)
        threading.Thread(target=self.pump, daemon=True).start()

    def pump(self):
        for line in self.child.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def write(self, msg):
        self.log.append({'dir': 'out', 'msg': msg})
        try:
            self.child.stdin.write(json.dumps(msg).encode() + b'\n')
            self.child.stdin.flush()
        except BrokenPipeError:
            pass

    def send(self, method, params):
        self.next_id += 1
        self.write({'jsonrpc': '2.0', 'id': self.next_id, 'method': method, 'params': params})
        return self.next_id

    def notify(self, method, params):
        self.write({'jsonrpc': '2.0', 'method': method, 'params': params})

    def listen(self, until, seconds):
        """Hears lines until `until()` holds or time is up; answers what is asked. True where it held."""
        end = time.time() + seconds
        while not until():
            for ask in [a for a in self.asked if a['due'] is not None and a['due'] <= time.time()]:
                self.asked.remove(ask)
                self.write({'jsonrpc': '2.0', 'id': ask['id'], 'result': {'outcome': ask['outcome']}})
            try:
                line = self.lines.get(timeout=max(0.0, min(0.1, end - time.time())))
            except queue.Empty:
                if time.time() >= end:
                    return False
                continue
            if line is None:
                return False
            self.heard(line)
        return True

    def heard(self, line):
        try:
            msg = json.loads(line)
        except ValueError:
            self.log.append({'dir': 'in', 'raw': line.decode('utf-8', 'replace').rstrip('\n')})
            return
        self.log.append({'dir': 'in', 'msg': msg})
        if 'method' not in msg:
            self.answers[msg.get('id')] = msg
        elif msg['method'] == 'session/request_permission':
            outcome, delay = self.choose(msg['params'])
            self.asked.append({'id': msg['id'], 'outcome': outcome, 'due': None if delay is None else time.time() + delay})
        elif msg['method'] == 'elicitation/create':
            self.write({'jsonrpc': '2.0', 'id': msg['id'], 'result': {'action': 'cancel'}})
        elif 'id' in msg:
            self.write({'jsonrpc': '2.0', 'id': msg['id'], 'error': {'code': -32601, 'message': 'Method not found'}})

    def call(self, method, params, seconds=120):
        sent = self.send(method, params)
        self.listen(lambda: sent in self.answers, seconds)
        return self.answers.get(sent, {})

    def cancel(self, session):
        self.notify('session/cancel', {'sessionId': session})
        for ask in self.asked:
            self.write({'jsonrpc': '2.0', 'id': ask['id'], 'result': {'outcome': {'outcome': 'cancelled'}}})
        self.asked = []

    def linger(self, seconds):
        self.listen(lambda: False, seconds)

    def updates(self, kind):
        return sum(1 for e in self.log if e['dir'] == 'in' and 'msg' in e
                   and e['msg'].get('params', {}).get('update', {}).get('sessionUpdate') == kind)

    def end(self):
        try:
            self.child.stdin.close()
            self.child.wait(2)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            pass
        for sig in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.child.pid, sig)
            except ProcessLookupError:
                return
            time.sleep(0.5)


def pick(*kinds):
    def choose(params):
        for kind in kinds:
            for option in params['options']:
                if option['kind'] == kind:
                    return {'outcome': 'selected', 'optionId': option['optionId']}, 0.0
        return {'outcome': 'cancelled'}, 0.0
    return choose


allow, reject, always = pick('allow_once', 'allow_always'), pick('reject_once', 'reject_always'), pick('allow_always', 'allow_once')
slow = lambda params: (allow(params)[0], 2.0)
hold = lambda params: (None, None)


class Play:
    """The scenarios: each method is one, and is given an open conversation unless its name begins with `raw_`."""

    def __init__(self, bench):
        self.bench, self.agent, self.session = bench, None, None

    def start(self, **capabilities):
        self.agent = self.bench.agent()
        return self.agent.call('initialize', {'protocolVersion': 1, 'clientInfo': {'name': 'taut', 'version': '0.1.0'},
                                              'clientCapabilities': CLIENT | capabilities}, 60)

    def new(self):
        answer = self.agent.call('session/new', {'cwd': self.bench.repo, 'mcpServers': []}, 60)
        self.session = answer.get('result', {}).get('sessionId')
        mode = ASKING_MODE.get(self.bench.name)
        if mode and self.session:
            self.agent.call('session/set_mode', {'sessionId': self.session, 'modeId': mode})
        return self.session

    def say(self, text, seconds=120, session=None):
        return self.agent.call('session/prompt', self.prompt(text, session), seconds)

    def prompt(self, text, session=None):
        return {'sessionId': session or self.session, 'prompt': [{'type': 'text', 'text': text}]}

    def scenario(self, name):
        self.bench.scenario(name)

    def edit(self):
        self.say('Fix the typo in the greeting.')
        self.agent.linger(1)
        self.say('A follow-up: is anything left?')
        self.agent.linger(1)

    def reject(self):
        self.agent.choose = reject
        self.say('Fix the typo in the greeting.')
        self.agent.linger(1)

    def multi(self):
        self.scenario('multi')
        self.say('Rename greet to welcome.')
        self.agent.linger(1)

    def slow_human(self):
        self.agent.choose = slow
        self.multi()

    def two_open_cancel(self):
        self.agent.choose = hold
        self.scenario('multi')
        sent = self.agent.send('session/prompt', self.prompt('Rename greet to welcome.'))
        self.agent.listen(lambda: len(self.agent.asked) == 2 or sent in self.agent.answers, 30)
        self.agent.linger(1)
        self.agent.cancel(self.session)
        self.agent.listen(lambda: sent in self.agent.answers, 30)
        self.agent.linger(1)

    def long(self):
        self.scenario('long')
        self.say('List a lot, then explain at length.')
        self.agent.linger(1)

    def cancel_text(self):
        self.scenario('slow')
        sent = self.agent.send('session/prompt', self.prompt('Begin the slow text.'))
        self.agent.listen(lambda: self.agent.updates('agent_message_chunk') >= 4, 60)
        self.agent.cancel(self.session)
        self.agent.listen(lambda: sent in self.agent.answers, 30)
        self.agent.linger(2)
        self.say('A follow-up: still here?', 60)
        self.agent.linger(1)

    def cancel_tool(self):
        self.scenario('slow')
        granted = []
        def once(params):
            granted.append(time.time())
            return allow(params)
        self.agent.choose = once
        sent = self.agent.send('session/prompt', self.prompt('Run the slow tool.'))
        self.agent.listen(lambda: granted and time.time() > granted[0] + 3, 60)
        self.agent.cancel(self.session)
        self.agent.listen(lambda: sent in self.agent.answers, 30)
        self.agent.linger(3)
        self.say('A follow-up: still here?', 60)
        self.agent.linger(1)

    def perm_cancel(self):
        self.scenario('shell_only')
        self.agent.choose = hold
        sent = self.agent.send('session/prompt', self.prompt('Remove the build folder.'))
        self.agent.listen(lambda: self.agent.asked or sent in self.agent.answers, 60)
        self.agent.linger(1)
        self.agent.cancel(self.session)
        self.agent.listen(lambda: sent in self.agent.answers, 30)
        self.agent.linger(1)

    def always(self):
        self.agent.choose = always
        self.say('Fix the typo in the greeting.')
        self.scenario('shell_only')
        self.say('Remove the build folder.')
        self.agent.linger(1)

    def modes(self):
        modes = [e['msg']['result'] for e in self.agent.log if e['dir'] == 'in' and 'sessionId' in e.get('msg', {}).get('result', {})]
        offered = [m['id'] for m in (modes[0].get('modes') or {}).get('availableModes', [])]
        for mode in offered or ['build', 'plan']:
            self.agent.call('session/set_mode', {'sessionId': self.session, 'modeId': mode})
            self.agent.linger(0.5)

    def concurrent(self):
        self.scenario('slow')
        first = self.agent.send('session/prompt', self.prompt('Begin the slow text.'))
        self.agent.listen(lambda: self.agent.updates('agent_message_chunk') >= 4, 60)
        second = self.agent.send('session/prompt', self.prompt('A follow-up: still here?'))
        self.agent.listen(lambda: second in self.agent.answers, 15)
        self.agent.cancel(self.session)
        self.agent.listen(lambda: first in self.agent.answers and second in self.agent.answers, 15)

    def two_sessions(self):
        first, second = self.session, self.new()
        a = self.agent.send('session/prompt', self.prompt('Fix the typo in the greeting.', first))
        b = self.agent.send('session/prompt', self.prompt('A follow-up: is anything left?', second))
        self.agent.listen(lambda: a in self.agent.answers and b in self.agent.answers, 90)

    def fault(self, words, seconds):
        self.scenario('faults')
        sent = self.agent.send('session/prompt', self.prompt(words))
        if not self.agent.listen(lambda: sent in self.agent.answers, seconds):
            self.agent.cancel(self.session)
            self.agent.listen(lambda: sent in self.agent.answers, 20)
        self.agent.linger(1)

    def fault_429(self): self.fault('Please meet the rate limit.', 40)
    def fault_500(self): self.fault('The model is always down.', 25)
    def fault_reset(self): self.fault('Please meet a reset.', 40)
    def fault_truncate(self): self.fault('Please truncate.', 40)
    def fault_malformed(self): self.fault('Please meet a malformed event.', 40)

    def raw_start(self):
        if 'result' in self.start():
            self.new()
            self.agent.linger(1)

    def raw_ask(self):
        self.start(elicitation={'form': {}})
        self.new()
        self.scenario('ask')
        self.say('Choose a greeting.', 60)

    def again(self, method):
        self.start()
        self.new()
        self.say('Fix the typo in the greeting.')
        self.agent.linger(1)
        self.agent.end()
        del self.agent.log[:]
        self.start()
        self.agent.call(method, {'sessionId': self.session, 'cwd': self.bench.repo, 'mcpServers': []}, 60)
        self.agent.linger(3)
        self.say('A follow-up: is anything left?', 60)
        self.agent.linger(1)

    def raw_reload(self): self.again('session/load')
    def raw_resume(self): self.again('session/resume')

    def raw_load_unknown(self):
        self.start()
        self.agent.call('session/load', {'sessionId': 'no-such-session', 'cwd': self.bench.repo, 'mcpServers': []}, 60)


class Bench:
    """What one scenario runs in: a model, a home, a repository."""

    def __init__(self, args, name, scenario):
        self.args, self.name, self.log = args, name, []
        self.tools = os.path.join(args.shared, 'tools/agents.py')
        base = os.path.join(os.path.abspath(args.work), name + '-' + scenario)
        shutil.rmtree(base, ignore_errors=True)
        self.home, self.repo = base + '/home', base + '/repo'
        os.makedirs(self.home)
        subprocess.run([sys.executable, self.tools, 'repo', self.repo], check=True)
        fake = os.path.join(args.shared, 'fakemodel')
        self.model = subprocess.Popen([sys.executable, fake + '/fakemodel.py', '--port', '0', '--scenarios', fake + '/scenarios',
                                       '--scenario', 'edit', '--var', 'cwd=' + self.repo], stdout=subprocess.PIPE)
        self.port = str(json.loads(self.model.stdout.readline())['port'])

    def scenario(self, name):
        import urllib.request
        body = json.dumps({'scenario': name, 'variables': {'cwd': self.repo}}).encode()
        urllib.request.urlopen(urllib.request.Request(f'http://127.0.0.1:{self.port}/_fake/scenario', body), timeout=5).read()

    def agent(self):
        env = dict(os.environ)
        if self.name in MORE:
            cmd, more, files = MORE[self.name]
            names = {'MORE': os.path.abspath(self.args.more or ''), 'PORT': self.port, 'HOME': self.home}
            for path, text in files.items():
                path = os.path.join(self.home, path)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, 'w') as f:
                    f.write(fill(text, names))
            h = self.home
            env |= {'HOME': h, 'XDG_CONFIG_HOME': h + '/.config', 'XDG_DATA_HOME': h + '/.local/share', 'XDG_CACHE_HOME': h + '/.cache',
                    'XDG_STATE_HOME': h + '/.local/state', 'NO_BROWSER': '1', 'DO_NOT_TRACK': '1'}
            env |= {k: fill(v, names) for k, v in more.items()}
            cmd = [fill(c, names) for c in cmd]
        else:
            cmd = [sys.executable, self.tools, 'exec', self.name, '--dir', self.args.agents, '--port', self.port, '--home', self.home]
        return Agent(cmd, env, self.repo, self.log)

    def end(self):
        self.model.terminate()
        self.model.wait()


def scrub(text, bench):
    """Takes this machine out of a line."""
    args = bench.args
    for path, name in [(bench.repo, '/home/demo/repo'), (bench.home, '/home/demo'), (os.path.abspath(args.agents), '/opt/agents'),
                       (os.path.abspath(args.more or args.agents), '/opt/agents'), (os.path.abspath(args.shared), '/opt/shared'),
                       (os.path.expanduser('~'), '/home/demo')]:
        text = text.replace(path, name).replace(path.replace('/', '-'), name.replace('/', '-'))
    text = re.sub(r'(127\.0\.0\.1|localhost):' + bench.port, r'\1:8400', text)
    return re.sub(r'ghp_\w+|sk-[\w-]{16,}', 'sk-fake', text)


def shorten(value, cut, key=''):
    """Cuts what is long and shows nothing: lists of models and commands, their descriptions, system prompts."""
    if isinstance(value, dict):
        return {k: v if k == 'params' and value.get('method') == 'session/request_permission' else shorten(v, cut, k)
                for k, v in value.items()}
    if isinstance(value, list):
        if key in ('availableCommands', 'availableModels', 'options') and len(value) > 3:
            cut.add(key)
            value = value[:3]
        return [shorten(v, cut, key) for v in value]
    if key in ('description', 'hint') and isinstance(value, str) and len(value) > 120:
        cut.add('descriptions')
        return value[:120]
    return value


def thin(log, cut):
    """Of a long run of message chunks keeps the ends; of long growing outputs the first and the last ones."""
    def kind(entry):
        update = entry.get('msg', {}).get('params', {}).get('update', {})
        name = update.get('sessionUpdate')
        return (name, update.get('toolCallId')) if name in ('agent_message_chunk', 'agent_thought_chunk', 'tool_call_update') else None
    out, at = [], 0
    while at < len(log):
        end = at
        while end < len(log) and kind(log[end]) is not None and kind(log[end]) == kind(log[at]):
            end += 1
        run = log[at:end] or [log[at]]
        keep = 30 if kind(log[at]) and kind(log[at])[0] != 'tool_call_update' else 6
        sizes = sum(len(json.dumps(e)) for e in run)
        if len(run) > 2 * keep and sizes > 12_000:
            cut.add(f'{len(run) - 2 * keep} {kind(log[at])[0]} of {len(run)}')
            run = run[:keep] + run[-keep:]
        out += run
        at = max(end, at + 1)
    return out


def record(args, name, scenario):
    bench = Bench(args, name, scenario)
    play, cut = Play(bench), set()
    try:
        raw = getattr(play, 'raw_' + scenario, None)
        if raw:
            raw()
        else:
            play.start()
            if not play.new():
                print(name, scenario, 'no session:', json.dumps(bench.log[-1])[:300])
            getattr(play, scenario)()
    finally:
        if play.agent:
            play.agent.end()
        bench.end()
    face = next((e['msg']['result'].get('agentInfo') or {} for e in bench.log if e.get('msg', {}).get('result', {}).get('protocolVersion')), {})
    log = thin([shorten(e, cut) for e in bench.log], cut)
    head = {'wire': {'agent': name, 'version': args.version or face.get('version', '?'), 'scenario': scenario, 'made': 'recorded', 'cut': sorted(cut)}}
    path = os.path.join(args.out, name, scenario + '.jsonl')
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        for entry in [head] + log:
            f.write(scrub(json.dumps(entry, ensure_ascii=False, separators=(',', ':')), bench) + '\n')
    ends = [e['msg'].get('result', {}).get('stopReason') or e['msg'].get('error', {}).get('code') for e in bench.log
            if e['dir'] == 'in' and 'msg' in e and 'method' not in e['msg']]
    asks = sum(1 for e in bench.log if e.get('msg', {}).get('method') == 'session/request_permission')
    print(f'{name:18} {scenario:16} lines {len(log):5} bytes {os.path.getsize(path):8} asks {asks} ends {ends}', flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('--shared', '--agents', '--work', '--out'):
        ap.add_argument(name, required=True)
    ap.add_argument('--more'); ap.add_argument('--version')
    ap.add_argument('agent'); ap.add_argument('scenarios', nargs='+')
    args = ap.parse_args()
    for scenario in args.scenarios:
        record(args, args.agent, scenario)


if __name__ == '__main__':
    main()
