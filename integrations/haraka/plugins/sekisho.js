'use strict';
// Haraka plugin: puts each recipient to `sekisho policyd` (Postfix's policy delegation protocol) and does what it says.
// Whatever goes wrong, mail flows. Put it into config/plugins before the plugins that accept recipients.
const { connect } = require('node:net');

exports.register = function () {
  const { main } = this.config.get('sekisho.ini');
  this.policyd = main?.policyd ?? '127.0.0.1:10040';
  this.timeoutMs = Number(main?.timeout ?? 1000);
  this.register_hook('rcpt', 'ask_policyd');
};

exports.ask_policyd = async function (next, connection) {
  const { remote, transaction, notes } = connection;
  if (!transaction) return next();
  const attributes = {
    request: 'smtpd_access_policy',
    protocol_state: 'RCPT',
    client_address: remote.ip,
    client_port: remote.port,
    instance: transaction.uuid,
    sasl_username: notes.auth_user ?? '',
  };
  let action;
  try {
    action = await ask(this.policyd, this.timeoutMs, attributes);
  } catch (error) {
    connection.logerror(this, `mail flows unjudged: ${error.message}`);
    return next();
  }
  const [verb, ...words] = action.split(' ');
  const text = words.join(' ');
  switch (verb) {
    case 'REJECT':
      return next(DENY, text);
    case 'DEFER_IF_PERMIT':
      return next(DENYSOFT, text);
    case 'PREPEND': {
      const colon = text.indexOf(':');
      transaction.add_leading_header(text.slice(0, colon), text.slice(colon + 1).trim());
      return next();
    }
    case 'INFO':
      connection.loginfo(this, text);
  }
  next();
};

/** Resolves to the value of `action=`. */
function ask(policyd, timeoutMs, attributes) {
  return new Promise((resolve, reject) => {
    const [, host, port] = /^(.*):(\d+)$/.exec(policyd) ?? [];
    const socket = port === undefined ? connect(policyd.replace(/^unix:/, '')) : connect(port, host);
    const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), timeoutMs);
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      const action = /^action=(.*)\n\n/.exec(answer)?.[1];
      if (action === undefined) reject(new Error('no answer'));
      else resolve(action);
    });
    const lines = Object.entries(attributes).map(([name, value]) => `${name}=${value}\n`);
    socket.end(`${lines.join('')}\n`);
  });
}
