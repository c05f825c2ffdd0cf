// Would AWS allow this? Simulations as JSON on stdin, one answer for each on stdout.
//
// The simulator drops `kms:EncryptionContext:*` from a request: of the condition keys with a part to
// fill in, it knows those with a slash. So this key gets one, in the policies and in the request alike.
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
