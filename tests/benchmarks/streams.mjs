// Event streams for the benchmark.
//   node streams.mjs serve PORT             a node's event stream; POST /tell sends its body as an event to every listener
//   node streams.mjs listen PORT NODE COUNT opens COUNT streams at PORT; prints "open", then for every line on standard input
//                                           has NODE tell one event and prints "reached N p50 p99" (microseconds until it came)
import http from 'node:http';

const [role, ...rest] = process.argv.slice(2);
const [port, node, count] = rest.map(Number);
const patience = 5000;

if (role === 'serve') serve();
else await listen();

function serve() {
  const listeners = new Set();
  http.createServer((request, response) => {
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (piece) => { body += piece; });
      request.on('end', () => {
        for (const listener of listeners) listener.write(`event: voluntary_exit\ndata: ${body}\n\n`);
        response.end();
      });
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(':\n\n');
    listeners.add(response);
    response.on('close', () => listeners.delete(response));
  }).listen(port, '127.0.0.1');
}

async function listen() {
  const agent = new http.Agent({ maxSockets: Infinity });
  let arrived = () => {};
  const open = Array.from({ length: count }, () => new Promise((resolve, reject) => {
    http.get({ port, host: '127.0.0.1', path: '/eth/v1/events?topics=voluntary_exit', agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode}`));
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (text) => {
        resolve();
        rest += text;
        const lines = rest.split('\n');
        rest = lines.pop();
        for (const line of lines) if (line.startsWith('data: ')) arrived(JSON.parse(line.slice(6)));
      });
      response.on('end', () => { console.error('a stream ended'); process.exit(1); });
    }).on('error', reject);
  }));
  await Promise.all(open);
  console.log('open');
  let told = 0;
  process.stdin.setEncoding('utf8');
  for await (const text of process.stdin)
    for (const _ of text.matchAll(/\n/g)) console.log(await tell(++told));
  process.exit(0);

  function tell(number) {
    return new Promise((resolve, reject) => {
      const began = process.hrtime.bigint();
      const times = [];
      const finish = () => {
        clearTimeout(limit);
        times.sort((a, b) => a - b);
        const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
        resolve(`reached ${times.length} ${at(0.5)} ${at(0.99)}`);
      };
      const limit = setTimeout(finish, patience);
      arrived = (event) => {
        if (event.number !== number) return;
        times.push(Number((process.hrtime.bigint() - began) / 1000n));
        if (times.length === count) finish();
      };
      http.request({ port: node, host: '127.0.0.1', method: 'POST', path: '/tell' }, (response) => response.resume())
        .on('error', reject).end(JSON.stringify({ number, message: { epoch: '1', validator_index: `${process.pid}${number}` } }));
    });
  }
}
