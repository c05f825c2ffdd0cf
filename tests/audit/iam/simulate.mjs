// Evaluates IAM requests: simulations as JSON on stdin, one answer for each on stdout.
//
// The simulator ignores `kms:EncryptionContext:*` in a request: it supports variable parts of condition
// keys only after a slash. Therefore this key is replaced by one with a slash, in policies and requests.
import { runSimulation } from '@cloud-copilot/iam-simulate'

let text = ''
for await (const chunk of process.stdin) text += chunk
text = text.replaceAll('kms:EncryptionContext:', 'aws:RequestTag/kms-encryption-context-')

const answers = []
for (const simulation of JSON.parse(text)) {
  const { errors, overallResult, result } = await runSimulation(simulation, {})
  const ignored = result?.ignoredContextKeys ?? []
  if (errors) answers.push(JSON.stringify(errors))
  else if (ignored.length > 0) answers.push(`no such request has ${ignored}`)
  else answers.push(overallResult)
}
process.stdout.write(JSON.stringify(answers))
