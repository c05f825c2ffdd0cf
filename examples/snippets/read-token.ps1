$ErrorActionPreference = "Stop"
$record = aws ssm get-parameter --name /intelligence/marketing/access-token --with-decryption `
  --query Parameter.Value --output text
if ($LASTEXITCODE -ne 0) { throw "Parameter Store did not return the token." }
$headers = @{ Authorization = "Bearer " + ($record | ConvertFrom-Json).access_token }
Invoke-RestMethod -Uri https://api.intelligence.example/v1/reports -Headers $headers
