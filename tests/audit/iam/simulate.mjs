// Evaluates IAM requests: simulations as JSON on stdin, one answer for each on stdout.
//
// The simulator ignores `kms:EncryptionContext:*` in a request: it supports variable parts of condition
// keys only after a slash. Therefore this key is replaced by one with a slash, in policies and requests.
//
// It takes for a service only what ends in `amazonaws.com`. Therefore the services of other domains
// (`logs.cn-north-1.amazonaws.com.cn`) get a name that does, and that no other service has.
import { runSimulation } from '@cloud-copilot/iam-simulate'

let text = ''
for await (const chunk of process.stdin) text += chunk
text = text.replaceAll('kms:EncryptionContext:', 'aws:RequestTag/kms-encryption-context-')
text = text.replaceAll(/"(\w+\.[\w-]+)\.amazonaws\.(com\.cn|eu)"/g, '"$1.$2.amazonaws.com"')

const answers = []
for (const simulation of JSON.parse(text)) {
  const { errors, overallResult, result } = await runSimulation(simulation, {})
  const ignored = result?.ignoredContextKeys ?? []
  if (errors) answers.push(JSON.stringify(errors))
  else if (ignored.length > 0) answers.push(`no such request has ${ignored}`)
  else answers.push(overallResult)
}
process.stdout.write(JSON.stringify(answers))
