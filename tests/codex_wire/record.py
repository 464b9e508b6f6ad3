#!/usr/bin/env python3
"""Records what a real `codex app-server` says to the scripted model: makes the files of tests/codex_wire/logs.

    record.py --shared SHARED --agents DIR --work SCRATCH --out tests/codex_wire/logs SCENARIO...    (`all` for every one)

The same folders and the same form as record.py, which it uses; the client speaks as taut does. Each scenario is a function below:
what the model does stands in it (the scripted model's own form), then what the client does. Standard library only.
"""
import argparse, hashlib, json, os, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../wire'))
import record as base

NOISE = ('account/rateLimits/updated', 'thread/readState/changed', 'remoteControl/status/changed')


def run(command, **more):
    return {'tool': 'exec_command', 'args': {'cmd': command, 'sandbox_permissions': 'require_escalated', 'justification': 'it is needed',
                                             'prefix_rule': command.split()[:1], **more}}


def inside(command, **more):
    return {'tool': 'exec_command', 'args': {'cmd': command, **more}}


EDIT = {'do': 'edit', 'path': 'src/greet.py', 'old': '    return "Helo, " + name', 'new': '    return f"Hello, {name}!"'}
DONE = {'text': 'Done.', 'if_refused': {'text': 'You declined.'}}


SERVER = """import json, sys
def say(msg): print(json.dumps({'jsonrpc': '2.0', **msg}), flush=True)
asked = {}
for line in sys.stdin:
    m = json.loads(line)
    method, params = m.get('method'), m.get('params', {})
    text = lambda said: {'content': [{'type': 'text', 'text': said}]}
    if method == 'initialize':
        say({'id': m['id'], 'result': {'protocolVersion': params['protocolVersion'], 'capabilities': {'tools': {}}, 'serverInfo': {'name': 'tickets', 'version': '1'}}})
    elif method == 'tools/list':
        one = lambda name, key: {'name': name, 'description': name + ' a ticket', 'inputSchema': {'type': 'object', 'properties': {key: {'type': 'string'}}}}
        say({'id': m['id'], 'result': {'tools': [one('close', 'id'), one('ask', 'kind'), {**one('look', 'id'), 'annotations': {'readOnlyHint': True}}]}})
    elif method == 'tools/call' and params['name'] in ('close', 'look'):
        say({'id': m['id'], 'result': text('closed ' + params['arguments'].get('id', '?'))})
    elif method == 'tools/call':
        asked['e1'] = m['id']
        form = {'type': 'object', 'properties': {'why': {'type': 'string', 'description': 'Why?'}, 'times': {'type': 'integer'}}, 'required': ['why']}
        url = {'mode': 'url', 'message': 'Sign in there', 'url': 'https://example.invalid/sign', 'elicitationId': 'x1'}
        say({'id': 'e1', 'method': 'elicitation/create', 'params': url if params['arguments'].get('kind') == 'url' else {'message': 'One thing', 'requestedSchema': form}})
    elif method is None and m.get('id') in asked:
        say({'id': asked.pop(m['id']), 'result': text('heard ' + json.dumps(m.get('result', m.get('error'))))})
    elif 'id' in m:
        say({'id': m['id'], 'result': {}})
"""


class Codex(base.Agent):
    """An app-server: JSON-RPC without its version, questions answered by `choose`."""

    def __init__(self, *args):
        super().__init__(*args)
        self.choose = lambda method, params: ({'decision': 'accept'}, 0.0)
        self.after = None

    def send(self, method, params):
        self.next_id += 1
        self.write({'id': self.next_id, 'method': method, 'params': params})
        return self.next_id

    def heard(self, line):
        try:
            msg = json.loads(line)
        except ValueError:
            self.log.append({'dir': 'in', 'raw': line.decode('utf-8', 'replace').rstrip('\n')})
            return
        if msg.get('method') in NOISE:
            return
        self.log.append({'dir': 'in', 'msg': msg})
        if 'method' not in msg:
            self.answers[msg.get('id')] = msg
        elif 'id' in msg:
            result, delay = self.choose(msg['method'], msg['params'])
            self.asked.append({'id': msg['id'], 'result': result, 'due': None if delay is None else time.time() + delay, 'msg': msg})

    def listen(self, until, seconds):
        end = time.time() + seconds
        while not until():
            for ask in [a for a in self.asked if a['due'] is not None and a['due'] <= time.time()]:
                self.asked.remove(ask)
                self.write({'id': ask['id'], 'result': ask['result']})
                if self.after:
                    self.after(ask)
            try:
                line = self.lines.get(timeout=max(0.0, min(0.05, end - time.time())))
            except base.queue.Empty:
                if time.time() >= end:
                    return False
                continue
            if line is None:
                return False
            self.heard(line)
        return True

    def over(self, thread, turns):
        done = [e for e in self.log if e.get('msg', {}).get('method') == 'turn/completed' and e['msg']['params']['threadId'] == thread]
        return len(done) >= turns


class Play:
    def __init__(self, bench):
        self.bench, self.agent, self.thread, self.turns = bench, None, None, 0

    def model(self, *prompts):
        """What the model does: a list of turns for each prompt."""
        folder = os.path.join(os.path.dirname(self.bench.home), 'scenarios')
        os.makedirs(folder, exist_ok=True)
        with open(folder + '/play.json', 'w') as f:
            json.dump({'defaults': {'chunk_chars': 16, 'chunk_delay_ms': 2}, 'prompts': [p if isinstance(p, dict) else {'turns': p} for p in prompts]}, f)
        self.bench.play(folder)

    def start(self, **more):
        self.agent = self.bench.agent()
        info = {'name': 'taut', 'title': 'taut', 'version': '0.1.0'}
        self.agent.call('initialize', {'clientInfo': info, 'capabilities': {'experimentalApi': True}}, 60)
        self.agent.write({'method': 'initialized'})
        self.agent.call('account/read', {}, 60)

    def open(self, policy='on-request', sandbox='read-only'):
        self.start()
        answer = self.agent.call('thread/start', {'cwd': self.bench.repo, 'approvalPolicy': policy, 'sandbox': sandbox}, 60)
        self.thread = answer['result']['thread']['id']

    def begin(self, text, **more):
        self.turns += 1
        self.agent.send('turn/start', {'threadId': self.thread, 'input': [{'type': 'text', 'text': text, 'text_elements': []}], **more})

    def end(self, seconds=90):
        assert self.agent.listen(lambda: self.agent.over(self.thread, self.turns), seconds), 'the turn does not end'
        self.agent.linger(0.5)

    def say(self, text, **more):
        self.begin(text, **more)
        self.end()

    def stop(self):
        self.agent.call('turn/interrupt', {'threadId': self.thread, 'turnId': self.turn_id()})
        return self.agent.call('thread/backgroundTerminals/list', {'threadId': self.thread})['result']['data']

    def turn_id(self):
        return [e['msg']['params']['turn']['id'] for e in self.agent.log if e.get('msg', {}).get('method') == 'turn/started'
                and e['msg']['params']['threadId'] == self.thread][-1]

    def until_asked(self, count=1):
        assert self.agent.listen(lambda: len(self.agent.asked) >= count, 60), 'nothing is asked'

    # --- the scenarios

    def edit(self):
        """Reads, edits, runs: asked for the edit and for what leaves the sandbox."""
        self.model([{'thinking': 'Let me look.', 'text': 'Reading.', 'calls': [inside('cat src/greet.py')]}, {'text': 'Editing.', 'calls': [EDIT]},
                    {'calls': [run('touch made.txt')]}, DONE])
        self.open()
        self.say('Fix the typo in the greeting.')

    def decide(self):
        """Every decision: decline a command and an edit, allow one for the session, a rule, and cancel."""
        self.model([{'calls': [run('touch no.txt')]}, DONE], [{'calls': [EDIT]}, DONE],
                   [{'calls': [run('touch again.txt')]}, {'calls': [run('touch again.txt')]}, DONE],
                   [{'calls': [run('mkdir one')]}, {'calls': [run('mkdir two')]}, DONE], [{'calls': [run('touch never.txt')]}, DONE])
        self.open()
        answer = lambda decision: (lambda method, params: ({'decision': decision}, 0.0))
        self.agent.choose = answer('decline')
        self.say('First.')
        self.say('Second.')
        self.agent.choose = answer('acceptForSession')
        self.say('Third.')
        self.agent.choose = answer({'acceptWithExecpolicyAmendment': {'execpolicy_amendment': ['mkdir']}})
        self.say('Fourth.')
        self.agent.choose = answer('cancel')
        self.say('Fifth.')

    def deny_reason(self):
        """A denial whose reason reaches the turn that goes on: decline, then turn/steer."""
        self.model({'match': 'Touch it', 'turns': [{'calls': [run('touch no.txt')]}]}, {'match': 'house style', 'turns': [{'text': 'I heard you.'}]})
        self.open()
        self.agent.choose = lambda method, params: ({'decision': 'decline'}, 0.0)
        self.agent.after = lambda ask: self.agent.send('turn/steer', {
            'threadId': self.thread, 'expectedTurnId': ask['msg']['params']['turnId'],
            'input': [{'type': 'text', 'text': 'That request was declined: use the house style', 'text_elements': []}]})
        self.say('Touch it.')

    def interrupt_left(self):
        """Quirk 1: an interrupt leaves the command running; what it left is listed, ended, looked for again."""
        self.model([{'calls': [run('echo begun; sleep 8; touch late.txt', yield_time_ms=20000)]}, DONE], [{'text': 'Still here.'}])
        self.open()
        self.begin('Run it.')
        self.until_asked()
        self.agent.linger(1.5)
        for terminal in self.stop():
            self.agent.call('thread/backgroundTerminals/terminate', {'threadId': self.thread, 'processId': terminal['processId']})
        self.end()
        self.say('Still here?')
        self.agent.linger(8)
        assert not os.path.exists(self.bench.repo + '/late.txt'), 'the command went on'

    def interrupt_earlier(self):
        """What an earlier turn left running is not what this one left."""
        self.model([{'calls': [run('echo serving; sleep 30', yield_time_ms=300)]}, DONE], [{'calls': [run('sleep 20; touch late.txt', yield_time_ms=20000)]}, DONE])
        self.open()
        self.say('Serve.')
        self.begin('Run it.')
        self.agent.listen(lambda: sum('requestApproval' in e.get('msg', {}).get('method', '') for e in self.agent.log) == 2, 60)
        self.agent.linger(1.5)
        terminals = self.stop()
        assert len(terminals) == 2, terminals
        own = [t for t in terminals if 'late' in t['command']]
        self.agent.call('thread/backgroundTerminals/terminate', {'threadId': self.thread, 'processId': own[0]['processId']})
        self.end()

    def interrupt_plain(self):
        """Quirk 1 without the remedy: the effect comes after the end of the turn."""
        self.model([{'calls': [run('sleep 4; touch late.txt', yield_time_ms=20000)]}, DONE])
        self.open()
        self.begin('Run it.')
        self.until_asked()
        self.agent.linger(1.5)
        self.agent.call('turn/interrupt', {'threadId': self.thread, 'turnId': self.turn_id()})
        self.end()
        self.agent.linger(5)
        assert os.path.exists(self.bench.repo + '/late.txt')

    def interrupt_asked(self):
        """Quirk 2: interrupted while it asks; the turn ends first, the question after; a late answer is nothing."""
        self.model([{'calls': [run('touch never.txt')]}, DONE], [{'text': 'Still here.'}])
        self.open()
        self.agent.choose = lambda method, params: ({'decision': 'accept'}, None)
        self.begin('Touch it.')
        self.until_asked()
        assert self.stop() == []
        self.end()
        self.agent.write({'id': self.agent.asked[0]['id'], 'result': {'decision': 'accept'}})
        self.agent.linger(1)
        assert not os.path.exists(self.bench.repo + '/never.txt')
        self.agent.asked = []
        self.say('Still here?')

    def interrupt_text(self):
        self.model([{'text': ['word '] * 400, 'chunk_delay_ms': 20}], [{'text': 'Still here.'}])
        self.open()
        self.begin('Speak at length.')
        self.agent.listen(lambda: sum(1 for e in self.agent.log if e.get('msg', {}).get('method') == 'item/agentMessage/delta') > 5, 60)
        assert self.stop() == []
        self.end()
        self.say('Still here?')

    def steer(self):
        """Words in the middle of a turn."""
        self.model({'match': 'Touch both', 'turns': [{'calls': [run('touch one.txt')]}]},
                   {'match': 'Be careful', 'turns': [{'calls': [run('touch two.txt')]}, DONE]})
        self.open()
        self.agent.choose = lambda method, params: ({'decision': 'accept'}, 1.5)
        self.begin('Touch both.')
        self.until_asked()
        steer = {'threadId': self.thread, 'expectedTurnId': self.turn_id(), 'input': [{'type': 'text', 'text': 'Be careful.', 'text_elements': []}]}
        self.agent.call('turn/steer', steer)
        self.end()
        self.agent.call('turn/steer', steer)

    def question(self):
        ask = {'id': 'color', 'header': 'Color', 'question': 'Which color?', 'options': [
            {'label': 'Red (Recommended)', 'description': 'warm'}, {'label': 'Blue', 'description': 'cool'}]}
        self.bench.extra = ['--enable', 'default_mode_request_user_input']
        self.model([{'calls': [{'tool': 'request_user_input', 'args': {'questions': [ask]}}]}, DONE])
        self.open()
        self.agent.choose = lambda method, params: ({'answers': {'color': {'answers': ['Blue']}}}, 0.0)
        self.say('Ask me.')

    def subagent(self):
        """A subagent asks in its own thread, after the turn of its parent is over."""
        self.model({'match': '^sub work', 'turns': [{'calls': [run('touch sub.txt')]}, {'text': 'The subagent is done.'}]},
                   {'match': 'Delegate', 'turns': [{'calls': [{'tool': 'spawn_agent', 'namespace': 'multi_agent_v1', 'args': {'message': 'sub work'}}]}, {'text': 'Spawned.'}]})
        self.open()
        self.agent.choose = lambda method, params: ({'decision': 'accept'}, 2.0)
        self.say('Delegate it.')
        self.agent.listen(lambda: any(e.get('msg', {}).get('method') == 'turn/completed' and e['msg']['params']['threadId'] != self.thread
                                      for e in self.agent.log), 30)
        self.agent.linger(1)

    def sandboxed(self):
        """Quirk 6: what the sandbox lets through is asked of nobody; output comes in pieces."""
        self.model([{'calls': [inside('for i in 1 2 3; do echo tick $i; sleep 0.4; done; touch no.txt; ls', yield_time_ms=5000)]}, DONE])
        self.open()
        self.say('Look around.')

    def typed(self, how=run, answer='accept', **more):
        """What is typed into a command that runs outside the sandbox is asked about, each text by itself, and no hook sees it."""
        text = lambda chars: {'calls': [{'tool': 'write_stdin', 'args': {'session_id': '$TERMINAL', 'chars': chars, 'yield_time_ms': 1000}}]}
        self.model([{'calls': [how('bash', tty=True, yield_time_ms=500)]}, text("touch 'it'.txt\n"), text(''), text('rm -r'), text(' build\n'),
                    text('\x03'), text('exit\n'), DONE])
        self.open(**more)
        ask = lambda method, params: ({'decision': 'decline' if params['kind'] == 'writeStdin' and ' build' in params['command'] else 'accept'}, 0.0)
        self.agent.choose = ask
        self.say('Go.')

    def typed_inside(self):
        """Into one that runs in the sandbox it is typed with nobody asked, and told afterwards."""
        self.typed(how=inside, sandbox='workspace-write')
        assert not os.path.exists(self.bench.repo + '/build'), 'it ran'

    def untrusted(self):
        """The policy that asks for more."""
        self.model([{'calls': [inside('ls')]}, {'calls': [inside('cat README.md')]}, {'calls': [inside('echo hi > made.txt')]}, {'calls': [EDIT]}, DONE])
        self.open(policy='untrusted')
        self.say('Look around.')
        print('an allowed command wrote:', os.path.exists(self.bench.repo + '/made.txt'))

    def auto(self):
        self.model([{'calls': [EDIT]}, {'calls': [inside('touch made.txt')]}, {'calls': [run('touch ../outside.txt')]}, DONE], [DONE])
        self.open()
        self.agent.choose = lambda method, params: ({'decision': 'decline'}, 0.0)
        self.say('Do it.', approvalPolicy='on-request', sandboxPolicy={
            'type': 'workspaceWrite', 'writableRoots': [], 'networkAccess': False, 'excludeTmpdirEnvVar': False, 'excludeSlashTmp': False})

    def hooked(self):
        """A PreToolUse hook given on the command line, and trusted there for this process alone: nothing is written into the user's
        configuration, and hooks that the user has not trusted stay off. Codex trusts a hook by the SHA-256 of its own JSON with sorted
        keys. (Trust in thread/start's config counts for nothing.) The hook sees every command and patch before codex asks, and names
        its item; it edits one, denies one, and sleeps past its time-out on one: that one runs all the same, so that a time-out of
        codex's is no refusal."""
        script = os.path.join(os.path.dirname(self.bench.home), 'hook.py')
        with open(script, 'w') as f:
            f.write('import json, sys, time\nsaid = json.load(sys.stdin)\ncommand = said["tool_input"]["command"]\n'
                    'def say(decision, **more): print(json.dumps({"hookSpecificOutput": {"hookEventName": "PreToolUse", '
                    '"permissionDecision": decision, **more}}))\n'
                    'if "edit-me" in command: say("allow", updatedInput={"command": command.replace("edit-me", "edited")})\n'
                    'if "deny-me" in command: say("deny", permissionDecisionReason="against the house style")\n'
                    'if "late" in command: time.sleep(9)\n')
        command = 'python3 ' + script
        own = {'event_name': 'pre_tool_use', 'matcher': '*',
               'hooks': [{'type': 'command', 'command': command, 'timeout': 2, 'async': False}]}
        trusted = hashlib.sha256(json.dumps(own, sort_keys=True, separators=(',', ':')).encode()).hexdigest()
        hooks = 'PreToolUse=[{matcher="*",hooks=[{type="command",command="%s",timeout=2}]}]' % command
        state = 'state={"/<session-flags>/config.toml:pre_tool_use:0:0"={trusted_hash="sha256:%s"}}' % trusted
        self.bench.extra = ['-c', 'hooks={%s,%s}' % (hooks, state)]
        self.model([{'calls': [run('touch edit-me.txt')]}, {'calls': [inside('echo deny-me')]}, {'calls': [inside('echo late')]}, DONE])
        self.open()
        self.say('Go.')
        assert os.path.exists(self.bench.repo + '/edited.txt')

    def files(self):
        """Files that are made, changed, moved and removed by one patch."""
        patch = ('*** Begin Patch\n*** Add File: new.txt\n+one\n+two\n*** Update File: README.md\n*** Move to: docs/README.md\n@@\n-# Greeter\n'
                 '+# The greeter\n*** Delete File: build/out.txt\n*** End Patch\n')
        self.model([{'calls': [{'tool': 'apply_patch', 'raw': patch}]}, DONE])
        self.open()
        self.say('Move things.')

    def faults(self):
        self.model([{'fault': {'kind': 'http', 'status': 500, 'times': 9}}], [{'fault': {'kind': 'http', 'status': 401, 'times': 9}}],
                   [{'fault': {'kind': 'http', 'status': 429, 'times': 9}}], [{'text': 'Well again.'}])
        self.open()
        for text in ('First.', 'Second.', 'Third.', 'Fourth.'):
            self.say(text)

    def compact(self):
        self.model([{'text': 'One.'}], [{'text': 'Two.'}], [{'text': 'Three.'}])
        self.open()
        self.say('First.')
        self.turns += 1
        self.agent.call('thread/compact/start', {'threadId': self.thread})
        self.end()
        self.say('Second.')

    def resume(self):
        """Another process goes on with a thread: its items page by page, then a turn."""
        self.model([{'text': 'Editing.', 'calls': [EDIT]}, {'calls': [inside('ls')]}, DONE], [{'text': 'Resumed.'}])
        self.open()
        self.say('Fix the typo in the greeting.')
        self.agent.end()
        del self.agent.log[:]
        self.turns = 0
        self.start()
        params = {'threadId': self.thread, 'cwd': self.bench.repo, 'approvalPolicy': 'on-request', 'sandbox': 'read-only', 'excludeTurns': True}
        self.agent.call('thread/resume', params, 60)
        self.agent.call('thread/items/list', {'threadId': self.thread, 'limit': 100, 'sortDirection': 'asc'})
        self.say('And now?')

    def rewind(self):
        """The last two turns are taken back, and the conversation goes on from the first."""
        self.model([{'text': 'One.'}], [{'text': 'Two.'}], [{'text': 'Three.'}], [{'text': 'Four.'}])
        self.open()
        turns = []
        for text in ('First.', 'Second.', 'Third.'):
            self.say(text)
            turns.append(self.turn_id())
        self.agent.call('thread/revert', {'threadId': self.thread, 'beforeTurnId': turns[1]})
        self.say('Fourth.')
        self.agent.call('thread/revert', {'threadId': self.thread, 'beforeTurnId': turns[2]})
        self.agent.call('thread/revert', {'threadId': self.thread, 'beforeTurnId': turns[0]})
        self.agent.linger(0.5)

    def fork(self):
        """Another process forks a thread that the first one holds, before its second turn."""
        self.model([{'text': 'One.'}], [{'text': 'Two.'}], [{'text': 'Three.'}])
        self.open()
        self.say('First.')
        self.say('Second.')
        second = self.turn_id()
        first, parent = self.agent, self.thread
        self.bench.log = []
        self.start()
        params = {'threadId': parent, 'cwd': self.bench.repo, 'approvalPolicy': 'on-request', 'sandbox': 'read-only', 'excludeTurns': True,
                  'beforeTurnId': second}
        self.thread, self.turns = self.agent.call('thread/fork', params, 60)['result']['thread']['id'], 0
        self.agent.call('thread/items/list', {'threadId': self.thread, 'limit': 100, 'sortDirection': 'asc'})
        self.say('And now?')
        kept = self.bench.log
        first.end()
        self.bench.log = kept

    def servers(self):
        """A server's tools: a plain one, and one that asks its human a form and then a page. What is asked before a tool runs, and what
        the server asks, come by one request."""
        path = self.bench.repo + '/server.py'
        with open(path, 'w') as f:
            f.write(SERVER)
        call = lambda name, **args: {'calls': [{'tool': name, 'namespace': 'mcp__tickets', 'args': args}]}
        self.model([call('close', id='7'), DONE], [call('close', id='8'), DONE], [call('ask', kind='form'), DONE], [call('ask', kind='url'), DONE],
                   [call('look', id='7'), call('close', id='9'), call('close', id='10'), DONE])
        self.start()
        tickets = {'command': sys.executable, 'args': [path], 'env': {}}
        answer = self.agent.call('thread/start', {'cwd': self.bench.repo, 'approvalPolicy': 'on-request', 'sandbox': 'read-only',
                                                  'config': {'mcp_servers': {'tickets': tickets}}}, 60)
        self.thread = answer['result']['thread']['id']
        said = lambda action, content=None: ({'action': action, 'content': content, '_meta': None}, 0.0)
        self.agent.choose = lambda method, params: said('accept', {})
        self.say('Close it.')
        self.agent.choose = lambda method, params: said('decline')
        self.say('Close the other.')

        def answered(method, params):
            form = params.get('requestedSchema', {}).get('properties')
            return said('accept', {'why': 'it is done', 'times': 2} if form else {} if params.get('mode') == 'form' else None)
        self.agent.choose = answered
        self.say('Ask by a form.')
        self.say('Ask by a page.')
        self.agent.choose = lambda method, params: ({'action': 'accept', 'content': {}, '_meta': {'persist': 'session'}}, 0.0)
        self.say('Close more of them.')

    def permissions(self):
        """It asks for more than its sandbox has: granted for the turn, and refused."""
        self.bench.extra = ['--enable', 'request_permissions_tool', '--enable', 'exec_permission_approvals']
        ask = {'tool': 'request_permissions', 'args': {'reason': 'to write the notes', 'permissions': {'network': {'enabled': True}}}}
        self.model([{'calls': [ask]}, DONE], [{'calls': [ask]}, DONE])
        self.open()
        self.agent.choose = lambda method, params: ({'permissions': params['permissions'], 'scope': 'turn'}, 0.0)
        self.say('Ask for it.')
        self.agent.choose = lambda method, params: ({'permissions': {}, 'scope': 'turn'}, 0.0)
        self.say('Ask again.')

    def models(self):
        """It lists models, and takes any name all the same: what it knows of one that it does not list is a warning."""
        self.model([{'text': 'One.'}], [{'text': 'Two.'}])
        self.open()
        self.agent.call('model/list', {'limit': 100}, 60)
        self.say('First.')
        self.say('Second.', model='no-such-model')

    def resume_unknown(self):
        self.start()
        self.agent.call('thread/resume', {'threadId': '01a20262-0000-7000-8000-000000000000', 'cwd': self.bench.repo, 'excludeTurns': True}, 60)

    def resume_killed(self):
        """Quirk 8: killed while it asks; the next process knows the turn as interrupted and runs nothing again."""
        self.model([{'calls': [run('touch doomed.txt')]}, DONE], [{'text': 'Resumed.'}])
        self.open()
        self.agent.choose = lambda method, params: ({'decision': 'accept'}, None)
        self.begin('Touch it.')
        self.until_asked()
        os.killpg(self.agent.child.pid, 9)
        time.sleep(1)
        del self.agent.log[:]
        self.turns = 0
        self.start()
        self.agent.call('thread/resume', {'threadId': self.thread, 'cwd': self.bench.repo, 'approvalPolicy': 'on-request', 'sandbox': 'read-only',
                                          'excludeTurns': True}, 60)
        self.agent.call('thread/items/list', {'threadId': self.thread, 'limit': 100, 'sortDirection': 'asc'})
        self.say('Go on.')
        assert not os.path.exists(self.bench.repo + '/doomed.txt')

    def two_writers(self):
        """A thread has one writer."""
        self.model([{'text': 'One.'}])
        self.open()
        self.say('First.')
        first = self.agent
        self.agent = self.bench.agent()
        kept, self.agent.log = self.agent.log, []
        info = {'name': 'taut', 'title': 'taut', 'version': '0.1.0'}
        self.agent.call('initialize', {'clientInfo': info, 'capabilities': {'experimentalApi': True}}, 60)
        self.agent.write({'method': 'initialized'})
        self.agent.call('account/read', {}, 60)
        self.agent.call('thread/resume', {'threadId': self.thread, 'cwd': self.bench.repo, 'excludeTurns': True}, 60)
        kept[:] = self.agent.log
        first.end()


SCENARIOS = [name for name, what in vars(Play).items() if callable(what) and not name.startswith('_')
             and name not in ('model', 'start', 'open', 'begin', 'end', 'say', 'turn_id', 'stop', 'until_asked')]


class Bench(base.Bench):
    extra = []
    scenarios = None

    def play(self, folder):
        self.model.terminate()
        self.model.wait()
        fake = os.path.join(self.args.shared, 'fakemodel/fakemodel.py')
        self.requests = os.path.join(os.path.dirname(self.home), 'requests.jsonl')
        # The scripted model knows no tools that a request does not list (those in namespaces) and no free-form input: it is taught.
        taught = os.path.join(os.path.dirname(self.home), 'model.py')
        with open(fake) as f:
            text = f.read()
        known = 'Tool(spec["tool"])\n        return Call(tool, spec.get("args", {}))'
        assert known in text
        # And to name the terminal that codex has told it of last.
        text = text.replace(known, 'Tool(spec["tool"], namespace=spec.get("namespace", ""))\n'
                            '        ids = re.findall(r"session ID (\\d+)", Responses.body) or ["0"]\n'
                            '        args = json.loads(json.dumps(spec.get("args", {})).replace(\'"$TERMINAL"\', ids[-1]))\n'
                            '        return Call(tool, args, **({"raw": spec["raw"]} if "raw" in spec else {}))')
        text = text.replace('        items = body.get("input")\n', '        Responses.body = json.dumps(body)\n        items = body.get("input")\n', 1)
        text = text.replace('class Responses:\n', 'import re\nclass Responses:\n    body = ""\n')
        with open(taught, 'w') as f:
            f.write(text)
        self.model = base.subprocess.Popen([sys.executable, taught, '--port', self.port, '--scenarios', folder, '--scenario', 'play', '--var',
                                            'cwd=' + self.repo, '--log', self.requests, '--log-bodies'], stdout=base.subprocess.PIPE)
        self.model.stdout.readline()

    def agent(self):
        cmd = [sys.executable, self.tools, 'exec', 'codex', '--dir', self.args.agents, '--port', self.port, '--home', self.home]
        return Codex(cmd + (['--'] + self.extra if self.extra else []), dict(os.environ), self.repo, self.log)


def shorten(value, cut, key=''):
    if isinstance(value, dict):
        return {k: shorten(v, cut, k) for k, v in value.items()}
    if isinstance(value, list):
        return [shorten(v, cut, key) for v in value]
    if isinstance(value, str) and len(value) > 1500:
        cut.add(key)
        return value[:1500]
    return value


def thin(log, cut):
    """Of a long run of one kind of delta keeps the ends."""
    kind = lambda e: e.get('msg', {}).get('method', '') if 'elta' in e.get('msg', {}).get('method', '') else None
    out, at = [], 0
    while at < len(log):
        end = at
        while end < len(log) and kind(log[end]) and kind(log[end]) == kind(log[at]):
            end += 1
        run_ = log[at:end] or [log[at]]
        if len(run_) > 24:
            cut.add(f'{len(run_) - 16} {kind(log[at])} of {len(run_)}')
            run_ = run_[:8] + run_[-8:]
        out += run_
        at = max(end, at + 1)
    return out


def record(args, scenario):
    bench = Bench(args, 'codex', scenario)
    play, cut = Play(bench), set()
    try:
        getattr(play, scenario)()
    except AssertionError as error:
        print(f'{scenario}: {error}; what passed last:')
        for entry in bench.log[-30:]:
            print('   ', json.dumps(entry)[:400])
    finally:
        if play.agent:
            play.agent.end()
        bench.end()
    agents = [e['msg']['result']['userAgent'] for e in bench.log if 'userAgent' in e.get('msg', {}).get('result', {})]
    version = agents[0].split('/')[1].split()[0] if agents else '?'
    log = thin([shorten(e, cut) for e in bench.log], cut)
    head = {'wire': {'agent': 'codex', 'version': version, 'scenario': scenario, 'made': 'recorded', 'cut': sorted(cut)}}
    path = os.path.join(args.out, scenario + '.jsonl')
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        for entry in [head] + log:
            f.write(base.scrub(json.dumps(entry, ensure_ascii=False, separators=(',', ':')), bench) + '\n')
    asks = [e['msg']['method'] for e in bench.log if e['dir'] == 'in' and 'id' in e.get('msg', {}) and 'method' in e['msg']]
    ends = [e['msg']['params']['turn']['status'] for e in bench.log if e.get('msg', {}).get('method') == 'turn/completed']
    print(f'{scenario:16} lines {len(log):4} bytes {os.path.getsize(path):7} asks {len(asks)} {sorted(set(asks))} ends {ends}', flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('--shared', '--agents', '--work', '--out'):
        ap.add_argument(name, required=True)
    ap.add_argument('scenarios', nargs='+')
    args = ap.parse_args()
    args.more = None
    for scenario in SCENARIOS if args.scenarios == ['all'] else args.scenarios:
        record(args, scenario)


if __name__ == '__main__':
    main()
