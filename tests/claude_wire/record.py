#!/usr/bin/env python3
"""Records what the real Claude Code says to the scripted model over stream-json: makes the files of `logs/`.

    record.py --shared SHARED --agents DIR --work SCRATCH --out tests/claude_wire/logs SCENARIO...   (none: all of them)

SHARED holds tools/agents.py and fakemodel/fakemodel.py, DIR is what `agents.py install DIR claude` made, SCRATCH is a folder for
repositories and homes. Each scenario gets a process, a home, a repository and a model of its own, on loopback only:

    line 1   {"wire": {"agent", "version", "scenario", "made": "recorded", "cut": [what was left out]}}
    others   {"dir": "out" | "in" | "err", "msg": one JSON line}  or  {"dir": ..., "raw": a line that is no JSON}

"out" is what this client sent, "in" what the agent said. The client speaks as taut does: every hook callback is answered with
*ask*, so that the agent asks about each call. Paths, ports and ids of the machine are replaced; long lists are cut to three
entries, long runs of deltas to their ends. Standard library only.
"""
import argparse, json, os, queue, re, shutil, subprocess, sys, threading, time, urllib.request

FLAGS = ['--model', 'claude-sonnet-4-5']
ENV = {'CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS': '1', 'CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING': '1', 'TZ': 'UTC'}
EDIT = {'do': 'edit', 'path': 'src/greet.py', 'old': '    return "Helo, " + name\n', 'new': '    return f"Hello, {name}!"\n'}


def sh(command, **more):
    return {'tool': 'Bash', 'args': {'command': command, 'description': 'Run it'} | more}


def read(path='src/greet.py'):
    return {'do': 'read', 'path': path}


def turns(*turns, **more):
    return {'turns': list(turns)} | more


def t(text=None, *calls, **more):
    return ({'text': text} if text else {}) | ({'calls': list(calls)} if calls else {}) | more


PROMPTS = {
    'edit': [turns(t('I look first.', read(), thinking='The greeting has a typo.'), t('Fixing it.', EDIT), t('Now the tests.', sh('python3 -m unittest -q tests.test_greet; echo exit=$?')), t('Done.'))],
    'write': [turns(t('A new file.', {'do': 'write', 'path': 'NEW.md', 'content': 'one\ntwo\n'}), t('Over it.', {'do': 'write', 'path': 'NEW.md', 'content': 'one\nthree\n'}), t('Done.'))],
    'shell': [turns(t('I remove it.', sh('rm -rf build; echo removed > removed.txt')), t('Done.', if_refused={'text': 'Understood.'}))],
    'danger': [turns(t('I remove it.', sh('rm -rf /nonexistent-dir')), t('Done.'))],
    'easy': [turns(t('Looking.', sh('ls; echo easy')), t('Done.'))],
    'slow': [turns(t([{'lines': 200, 'template': 'Line {i}.\n'}], chunk_delay_ms=100), match='slow text'),
             turns(t('This takes a while.', sh('touch begun.txt; sleep 30; echo late')), t('Counted.'), match='slow tool'),
             turns(t('Still here.'))],
    'ask': [turns(t('One question.', {'do': 'ask', 'question': 'Which greeting?', 'header': 'Greeting', 'options': ['Hello', 'Good day']}), t('Noted.'))],
    'plan': [turns(t('Here is the plan.', {'tool': 'ExitPlanMode', 'args': {'plan': '# Plan\n\n1. Fix the typo\n'}}), t('Planned.'))],
    'planned': [turns(t('I look.', read()), t('Here is the plan.', {'tool': 'ExitPlanMode', 'args': {}}), t('Planned.'))],
    'todos': [turns(t('First a list.', {'tool': 'TaskCreate', 'args': {'subject': 'Fix it', 'description': 'Fix the typo', 'activeForm': 'Fixing it'}}),
                    t(None, {'tool': 'TaskUpdate', 'args': {'taskId': '1', 'status': 'in_progress'}}),
                    t(None, {'tool': 'TaskUpdate', 'args': {'taskId': '1', 'status': 'completed'}}),
                    t('Listed.', {'tool': 'TodoWrite', 'args': {'todos': [{'content': 'Fix it', 'status': 'in_progress', 'activeForm': 'Fixing it'}]}}), t('Done.'))],
    'task': [turns(t('I send somebody.', {'tool': 'Agent', 'args': {'description': 'Look around', 'prompt': 'inner: look at the greeting', 'subagent_type': 'general-purpose', 'run_in_background': False}}),
                   t('They are back.'), match='outer'),
             turns(t('Inner looks.', read()), t('Inner runs.', sh('touch inner.txt')), t('Inner is done.'), match='inner')],
    'task2': [turns(t('I send two.', {'tool': 'Agent', 'args': {'description': 'One', 'prompt': 'inner one', 'subagent_type': 'general-purpose'}},
                      {'tool': 'Agent', 'args': {'description': 'Two', 'prompt': 'inner two', 'subagent_type': 'general-purpose'}}),
                    t('They are back.'), match='outer'),
              turns(t('Runs one.', sh('touch one.txt')), t('One is done.'), match='inner one'),
              turns(t('Runs two.', sh('touch two.txt')), t('Two is done.'), match='inner two'),
              turns(t('I have heard of it.'))],
    'background': [turns(t('Behind.', sh('sleep 3; echo behind', run_in_background=True)), t('Begun.'), match='begin'), turns(t('It ended, I see.'))],
    'parallel': [turns(t('Three at once.', sh('touch a.txt'), sh('touch b.txt'), sh('touch c.txt')), t('Done.'))],
    'talk': [turns(t('One. Two.')), turns(t('Three. Four.')), turns(t('Five. Six.'))],
    'fail': [turns(t('No.', fault={'kind': 'http', 'status': 400, 'times': 9}))],
    'limit': [turns(t('At last.', fault={'kind': 'http', 'status': 529, 'times': 2}))],
    'steer': [turns(t('First.', sh('sleep 2; echo first')), t('Heard.', sh('echo second')), t('Done.'))],
    'make': [turns(t('I make it.', sh('mkdir out && npm run build')), t('Done.'))],
    'tool': [turns(t('I close it.', {'tool': 'mcp__tickets__close', 'args': {'id': '7'}}), t('Done.'))],
    'web': [turns(t('I fetch.', {'tool': 'WebFetch', 'args': {'url': 'https://example.invalid/', 'prompt': 'what is it'}}), t('Done.'))],
    'notebook': [turns(t('I look.', {'tool': 'Read', 'args': {'file_path': '{cwd}/n.ipynb'}}), t('I edit.', {'tool': 'NotebookEdit', 'args': {'notebook_path': '{cwd}/n.ipynb', 'cell_id': 'a', 'new_source': 'print(2)'}}), t('Done.'))],
}


class Claude:
    """One process; everything that passes is kept in `log`."""

    def __init__(self, bench, flags=(), env=(), init=True):
        self.bench, self.log, self.asks, self.answers, self.n = bench, bench.log, [], {}, 0
        self.hook = lambda request: {'hookSpecificOutput': {'hookEventName': 'PreToolUse', 'permissionDecision': 'ask'}}
        self.choose = lambda request: {'behavior': 'allow', 'updatedInput': request['input']}
        self.lines = queue.Queue()
        cmd = [sys.executable, bench.tools, 'exec', 'claude', '--dir', bench.args.agents, '--port', bench.port, '--home', bench.home,
               '--', *FLAGS, *flags]
        self.child = subprocess.Popen(cmd, env=dict(os.environ) | ENV | dict(env), cwd=bench.repo, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, start_new_session=True)
        threading.Thread(target=self.pump, args=(self.child.stdout, 'in'), daemon=True).start()
        threading.Thread(target=self.pump, args=(self.child.stderr, 'err'), daemon=True).start()
        if init:
            hook = [{'matcher': None, 'hookCallbackIds': ['taut'], 'timeout': 3600}]
            self.request('initialize', hooks={'PreToolUse': hook, 'PostToolUse': hook, 'PostToolUseFailure': hook}, forwardSubagentText=True)

    def pump(self, stream, name):
        for line in stream:
            self.lines.put((name, line))
        if name == 'in':
            self.lines.put(None)

    def write(self, msg):
        self.log.append({'dir': 'out', 'msg': msg})
        try:
            self.child.stdin.write(json.dumps(msg).encode() + b'\n')
            self.child.stdin.flush()
        except BrokenPipeError:
            pass

    def control(self, subtype, **more):
        self.n += 1
        self.write({'type': 'control_request', 'request_id': f'taut-{self.n}', 'request': {'subtype': subtype} | more})
        return f'taut-{self.n}'

    def request(self, subtype, seconds=60, **more):
        sent = self.control(subtype, **more)
        self.listen(lambda: sent in self.answers, seconds)
        return self.answers.get(sent, {})

    def reply(self, ask, response):
        self.write({'type': 'control_response', 'response': {'subtype': 'success', 'request_id': ask, 'response': response}})

    def say(self, text, wait=True, seconds=60, uuid=None):
        # Claude drops a message whose uuid it knows, also from before it was resumed.
        self.write({'type': 'user', 'message': {'role': 'user', 'content': text}, 'parent_tool_use_id': None, 'session_id': ''}
                   | ({'uuid': uuid} if uuid else {}))
        if wait:
            before = self.idles()
            self.listen(lambda: self.idles() > before, seconds)

    def idles(self):
        return sum(1 for e in self.log if e['dir'] == 'in' and e.get('msg', {}).get('state') == 'idle')

    def seen(self, what):
        return sum(1 for e in self.log if e['dir'] == 'in' and what(e.get('msg', {})))

    def listen(self, until, seconds):
        end = time.time() + seconds
        while not until():
            try:
                item = self.lines.get(timeout=max(0.0, min(0.1, end - time.time())))
            except queue.Empty:
                if time.time() >= end:
                    return False
                continue
            if item is None:
                return False
            self.heard(*item)
        return True

    def heard(self, name, line):
        try:
            msg = json.loads(line)
        except ValueError:
            self.log.append({'dir': name, 'raw': line.decode('utf-8', 'replace').rstrip('\n')})
            return
        self.log.append({'dir': name, 'msg': msg})
        kind = msg.get('type')
        if kind == 'control_response':
            self.answers[msg['response']['request_id']] = msg['response']
        elif kind == 'control_request':
            request = msg['request']
            if request['subtype'] == 'hook_callback':
                before = request['input'].get('hook_event_name') == 'PreToolUse'
                self.reply(msg['request_id'], self.hook(request) if before else {})
            elif request['subtype'] == 'can_use_tool':
                answer = self.choose(request)
                if answer is None:
                    self.asks.append(msg)
                else:
                    self.reply(msg['request_id'], answer)

    def linger(self, seconds):
        self.listen(lambda: False, seconds)

    def end(self, seconds=20):
        try:
            self.child.stdin.close()
        except BrokenPipeError:
            pass
        self.listen(lambda: False, 0.5)
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
        self.linger(0.3)
        self.log.append({'dir': 'in', 'raw': 'EOF'})


class Bench:
    """What one scenario runs in: a model, a home, a repository."""

    def __init__(self, args, name):
        self.args, self.name, self.log = args, name, []
        self.tools = os.path.join(args.shared, 'tools/agents.py')
        base = os.path.join(os.path.abspath(args.work), 'claude-' + name)
        shutil.rmtree(base, ignore_errors=True)
        self.home, self.repo = base + '/home', base + '/repo'
        os.makedirs(self.home)
        subprocess.run([sys.executable, self.tools, 'repo', self.repo], check=True)
        with open(self.repo + '/n.ipynb', 'w') as f:
            json.dump({'cells': [{'cell_type': 'code', 'id': 'a', 'metadata': {}, 'source': 'print(1)', 'outputs': [], 'execution_count': None}],
                       'metadata': {}, 'nbformat': 4, 'nbformat_minor': 5}, f)
        scenarios = base + '/scenarios'
        os.makedirs(scenarios)
        for scenario, prompts in PROMPTS.items():
            prompts = json.loads(json.dumps(prompts).replace('{cwd}', self.repo))
            with open(f'{scenarios}/{scenario}.json', 'w') as f:
                json.dump({'about': scenario, 'defaults': {'chunk_chars': 16, 'chunk_delay_ms': 3, 'usage': {'base': 9000, 'per_step': 2500, 'cached': 0.8}},
                           'side_text': 'A title', 'prompts': prompts}, f)
        fake = os.path.join(args.shared, 'fakemodel/fakemodel.py')
        self.model = subprocess.Popen([sys.executable, fake, '--port', '0', '--scenarios', scenarios, '--scenario', 'edit', '--var', 'cwd=' + self.repo,
                                       '--log', base + '/requests.jsonl', '--log-bodies'], stdout=subprocess.PIPE)
        self.port = str(json.loads(self.model.stdout.readline())['port'])

    def scenario(self, name):
        body = json.dumps({'scenario': name, 'variables': {'cwd': self.repo}}).encode()
        urllib.request.urlopen(urllib.request.Request(f'http://127.0.0.1:{self.port}/_fake/scenario', body), timeout=5).read()

    def end(self):
        self.model.terminate()
        self.model.wait()


def hold(request):
    return None


def tool_is(name):
    return lambda msg: msg.get('type') == 'control_request' and msg['request'].get('tool_name') == name and msg['request']['subtype'] == 'can_use_tool'


def deny(reason):
    return lambda request: {'behavior': 'deny', 'message': 'This call was declined: ' + reason}


def plain(name, words='Go on.', **kw):
    def play(bench):
        bench.scenario(name)
        claude = Claude(bench, **kw)
        claude.say(words)
        claude.linger(0.5)
        return claude
    return play


def edited(request):
    answer = {'behavior': 'allow', 'updatedInput': dict(request['input'])}
    if request['tool_name'] == 'Bash':
        answer['updatedInput']['command'] = 'echo edited > edited.txt; cat edited.txt'
    if request['tool_name'] == 'Edit':
        answer['updatedInput']['new_string'] = '    return f"Good day, {name}!"\n'
    return answer


def choosing(name, choose, words='Go on.', more=()):
    def play(bench):
        bench.scenario(name)
        claude = Claude(bench)
        claude.choose = choose
        claude.say(words)
        for text in more:
            claude.say(text)
        claude.linger(0.5)
        return claude
    return play


def interrupts(bench):
    bench.scenario('slow')
    claude = Claude(bench)
    claude.say('Begin the slow text.', wait=False)
    claude.listen(lambda: claude.seen(lambda m: m.get('event', {}).get('type') == 'content_block_delta') >= 4, 30)
    before = claude.idles()
    claude.request('interrupt')
    claude.listen(lambda: claude.idles() > before, 20)
    claude.choose = hold
    claude.say('Run the slow tool.', wait=False)
    claude.listen(lambda: claude.asks, 30)
    before = claude.idles()
    claude.request('interrupt')
    claude.listen(lambda: claude.idles() > before, 20)
    claude.choose = lambda request: {'behavior': 'allow', 'updatedInput': request['input']}
    claude.say('Run the slow tool again.', wait=False)
    claude.listen(lambda: os.path.exists(bench.repo + '/begun.txt'), 30)
    claude.linger(0.5)
    before = claude.idles()
    claude.request('interrupt')
    claude.listen(lambda: claude.idles() > before, 20)
    claude.say('And now?')
    return claude


def resume(bench, fork=()):
    bench.scenario('talk')
    claude = Claude(bench)
    claude.say('One?')
    session = next(e['msg']['session_id'] for e in bench.log if e.get('msg', {}).get('subtype') == 'init')
    claude.end()
    del bench.log[:]
    claude = Claude(bench, ['--resume', session, *fork])
    claude.say('Two?')
    return claude


def uuid_of(n):
    return f'{n:08}-0000-4000-8000-000000000000'    # it knows them by their beginnings


def three(bench, claude):
    for n, text in enumerate(('One?', 'Two?', 'Three?')):
        claude.say(text, uuid=uuid_of(n + 1))


def rewind(bench):
    """The last prompts are taken back: several at once only with the newest one named. What follows hangs on what was before."""
    bench.scenario('talk')
    claude = Claude(bench)
    three(bench, claude)
    claude.request('rewind_conversation', target_message_uuid=uuid_of(2))
    claude.request('rewind_conversation', target_message_uuid=uuid_of(2), last_seen_user_message_uuid=uuid_of(3))
    claude.request('rewind_conversation', target_message_uuid=uuid_of(3), last_seen_user_message_uuid=uuid_of(3))
    claude.say('Four?', uuid=uuid_of(4))
    claude.request('rewind_conversation', target_message_uuid=uuid_of(1), last_seen_user_message_uuid=uuid_of(4))
    claude.say('Five?', uuid=uuid_of(5))
    claude.linger(0.5)
    return claude


def fork_at(bench):
    """Another conversation beside, taken back to where the second prompt came: it holds the same prompts under the same ids."""
    bench.scenario('talk')
    first = Claude(bench)
    three(bench, first)
    session = next(e['msg']['session_id'] for e in bench.log if e.get('msg', {}).get('subtype') == 'init')
    bench.log = []
    claude = Claude(bench, ['--resume', session, '--fork-session'])
    claude.request('rewind_conversation', target_message_uuid=uuid_of(2), last_seen_user_message_uuid=uuid_of(3))
    claude.say('Four?', uuid=uuid_of(4))
    claude.linger(0.5)
    first.end()
    return claude


def unknown(bench):
    claude = Claude(bench, ['--resume', '00000000-0000-4000-8000-000000000000'])
    claude.say('Two?', seconds=5)
    return claude


def modes(bench):
    bench.scenario('edit')
    claude = Claude(bench)
    claude.request('set_permission_mode', mode='plan')
    claude.request('set_permission_mode', mode='bypassPermissions')
    claude.request('set_permission_mode', mode='acceptEdits')
    claude.hook = lambda request: {}
    claude.say('Go on.')
    claude.request('set_model', model='claude-haiku-4-5')
    claude.request('get_context_usage')
    claude.request('get_binary_version')
    claude.request('no_such_thing')
    claude.linger(0.5)
    return claude


def always(bench):
    bench.scenario('edit')
    claude = Claude(bench)
    claude.hook = lambda request: {}
    claude.choose = lambda r: {'behavior': 'allow', 'updatedInput': r['input'], 'updatedPermissions': r.get('permission_suggestions') or []}
    claude.say('Go on.')
    bench.scenario('write')
    claude.say('Go on.')
    claude.linger(0.5)
    return claude


def steer(bench):
    bench.scenario('steer')
    claude = Claude(bench)
    claude.say('Go on.', wait=False)
    claude.listen(lambda: claude.seen(lambda m: m.get('type') == 'control_request') >= 2, 30)
    claude.linger(0.5)
    before = claude.idles()
    claude.say('And mind the style.', wait=False)
    claude.listen(lambda: claude.idles() > before, 30)
    claude.linger(0.5)
    return claude


def background(bench):
    bench.scenario('background')
    claude = Claude(bench)
    claude.say('Please begin.')
    before = claude.idles()
    claude.listen(lambda: claude.idles() > before, 15)
    claude.linger(1)
    return claude


def compact(bench):
    bench.scenario('talk')
    claude = Claude(bench)
    claude.say('One?')
    claude.say('Two?')
    claude.say('/compact')
    claude.say('Three?')
    return claude


def closing(bench):
    bench.scenario('shell')
    claude = Claude(bench)
    claude.choose = hold
    claude.say('Go on.', wait=False)
    claude.listen(lambda: claude.asks, 30)
    return claude


def ask(request):
    if request['tool_name'] != 'AskUserQuestion':
        return {'behavior': 'allow', 'updatedInput': request['input']}
    answers = {q['question']: q['options'][0]['label'] for q in request['input']['questions']}
    return {'behavior': 'allow', 'updatedInput': request['input'] | {'answers': answers}}


def planned(bench):
    """The plan stands in a file of Claude's own, which it names to its model: written here, in the model's place."""
    bench.scenario('planned')
    claude = Claude(bench, flags=['--permission-mode', 'plan'])

    def choose(request):
        if request['tool_name'] == 'Read':
            with open(os.path.dirname(bench.repo) + '/requests.jsonl') as f:
                path = re.search(r'[^\s"]*/plans/[^\s"\\]+\.md', f.read()).group(0)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w') as f:
                f.write('# Plan\n\n1. Fix the typo\n')
        return {'behavior': 'allow', 'updatedInput': request['input']}
    claude.choose = choose
    claude.say('Go on.')
    return claude


def refused_then_stopped(bench):
    bench.scenario('shell')
    claude = Claude(bench)
    claude.choose = hold
    claude.say('Go on.', wait=False)
    claude.listen(lambda: claude.asks, 30)
    before = claude.idles()
    claude.reply(claude.asks[0]['request_id'], {'behavior': 'deny', 'message': 'This call was declined: the build is needed'})
    claude.control('interrupt')
    claude.listen(lambda: claude.idles() > before, 20)
    bench.scenario('talk')
    claude.say('And now?')
    return claude


def suggest(bench):
    bench.scenario('make')
    claude = Claude(bench)
    claude.hook = lambda request: {}
    claude.say('Go on.')
    return claude


def servers(bench):
    with open(bench.repo + '/server.py', 'w') as f:
        f.write(SERVER)
    bench.scenario('tool')
    claude = Claude(bench)
    claude.request('mcp_set_servers', servers={'tickets': {'type': 'stdio', 'command': sys.executable, 'args': [bench.repo + '/server.py'], 'env': {}},
                                               'broken': {'type': 'stdio', 'command': '/no/such/program', 'args': [], 'env': {}}})
    claude.linger(1)
    claude.say('Go on.')
    return claude


SERVER = """import json, sys
for line in sys.stdin:
    m = json.loads(line)
    r = {'initialize': {'protocolVersion': '2025-06-18', 'capabilities': {'tools': {}}, 'serverInfo': {'name': 'tickets', 'version': '1'}},
         'tools/list': {'tools': [{'name': 'close', 'description': 'Close a ticket', 'inputSchema': {'type': 'object', 'properties': {'id': {'type': 'string'}}}}]},
         'tools/call': {'content': [{'type': 'text', 'text': 'closed'}]}}.get(m.get('method'))
    if 'id' in m and r is not None:
        print(json.dumps({'jsonrpc': '2.0', 'id': m['id'], 'result': r}), flush=True)
"""


def plan_refused(bench):
    bench.scenario('plan')
    claude = Claude(bench, flags=['--permission-mode', 'plan'])
    claude.choose = deny('think again')
    claude.say('Go on.')
    return claude


PLAYS = {
    'edit': plain('edit'), 'write': plain('write'), 'danger': plain('danger'), 'easy': plain('easy'), 'web': choosing('web', deny('not now')), 'notebook': plain('notebook'),
    'todos': plain('todos'), 'task': plain('task', 'outer: go on.'), 'task2': plain('task2', 'outer: go on.'), 'parallel': plain('parallel'),
    'fail': plain('fail', env={'CLAUDE_CODE_MAX_RETRIES': '1'}), 'limit': plain('limit'), 'ask': choosing('ask', ask),
    'ask_refused': choosing('ask', deny('neither of them')),
    'plan': plain('plan', flags=['--permission-mode', 'plan']), 'plan_refused': lambda b: plan_refused(b), 'planned': planned,
    'edited': choosing('edit', edited), 'denied': choosing('shell', deny('the build is needed')),
    'interrupts': interrupts, 'resume': resume, 'fork': lambda b: resume(b, ['--fork-session']), 'rewind': rewind, 'fork_at': fork_at, 'unknown': unknown, 'modes': modes, 'always': always,
    'refused_then_stopped': refused_then_stopped, 'suggest': suggest, 'servers': servers, 'steer': steer, 'background': background, 'compact': compact, 'closing': closing,
}


def scrub(text, bench):
    """Takes this machine out of a line."""
    args = bench.args
    for path, name in [(bench.repo, '/home/demo/repo'), (bench.home, '/home/demo'), (os.path.abspath(args.agents), '/opt/agents'),
                       (os.path.abspath(args.shared), '/opt/shared'), (os.path.expanduser('~'), '/home/demo')]:
        slug = re.sub('[^A-Za-z0-9]', '-', path)
        text = text.replace(path, name).replace(path.replace('/', '-'), name.replace('/', '-')).replace(slug, name.replace('/', '-'))
    text = re.sub(r'/tmp/cc-socks/\d+', '/tmp/cc-socks/1', text)
    text = re.sub(r'/tmp/claude-\d+', '/tmp/claude', text)
    text = re.sub(r'(127\.0\.0\.1|localhost):' + bench.port, r'\1:8400', text)
    return re.sub(r'ghp_\w+|sk-[\w-]{16,}', 'sk-fake', text)


def shorten(value, cut, key=''):
    if isinstance(value, dict):
        return {k: shorten(v, cut, k) for k, v in value.items()}
    if isinstance(value, list):
        if key in ('commands', 'slash_commands', 'tools', 'skills', 'agents', 'models', 'plugins', 'skillUsage', 'mcpTools', 'systemTools', 'gridRows',
                   'memoryFiles', 'systemPromptSections', 'skillFrontmatter', 'deferredBuiltinTools') and len(value) > 3:
            cut.add(key)
            value = value[:3]
        return [shorten(v, cut, key) for v in value]
    if key == 'partial_json':     # the arguments come whole below; pieces of paths can't be replaced
        return '{}'
    if key in ('description', 'argumentHint', 'prompt') and isinstance(value, str) and len(value) > 160:
        cut.add('descriptions')
        return value[:160]
    return value


def thin(log, cut):
    """Of a long run of deltas keeps the ends."""
    def kind(entry):
        event = entry.get('msg', {}).get('event', {})
        return event.get('type') == 'content_block_delta' and event['delta'].get('type')
    out, at = [], 0
    while at < len(log):
        end = at
        while end < len(log) and kind(log[end]) and kind(log[end]) == kind(log[at]):
            end += 1
        run = log[at:end] or [log[at]]
        if len(run) > 8:
            cut.add(f'{len(run) - 8} of {len(run)} deltas')
            run = run[:4] + run[-4:]
        out += run
        at = max(end, at + 1)
    return out


def record(args, name):
    bench, cut, claude = Bench(args, name), set(), None
    try:
        claude = PLAYS[name](bench)
    finally:
        if claude:
            claude.end()
        bench.end()
    version = next((e['msg']['claude_code_version'] for e in bench.log if 'claude_code_version' in e.get('msg', {})), '?')
    log = [shorten(e, cut) for e in (bench.log if args.whole else thin(bench.log, cut))]
    head = {'wire': {'agent': 'claude', 'version': version, 'scenario': name, 'made': 'recorded', 'cut': sorted(cut)}}
    path = os.path.join(args.out, name + '.jsonl')
    os.makedirs(args.out, exist_ok=True)
    with open(path, 'w') as f:
        for entry in [head] + log:
            f.write(scrub(json.dumps(entry, ensure_ascii=False, separators=(',', ':')), bench) + '\n')
    asks = sum(1 for e in bench.log if e.get('msg', {}).get('request', {}).get('subtype') == 'can_use_tool')
    ends = [e['msg'].get('subtype') for e in bench.log if e.get('msg', {}).get('type') == 'result']
    print(f'{name:18} {version} lines {len(log):5} bytes {os.path.getsize(path):8} asks {asks} ends {ends}', flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('--shared', '--agents', '--work', '--out'):
        ap.add_argument(name, required=True)
    ap.add_argument('--whole', action='store_true')
    ap.add_argument('scenarios', nargs='*')
    args = ap.parse_args()
    for scenario in args.scenarios or PLAYS:
        record(args, scenario)


if __name__ == '__main__':
    main()
