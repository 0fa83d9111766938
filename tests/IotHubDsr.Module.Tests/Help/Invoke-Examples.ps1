<#
.SYNOPSIS
    Runs the examples of the commands' help on a sandbox, as they stand, and writes the errors of each to a file of JSON lines.
.DESCRIPTION
    Each example finds what it presupposes: a connection, the variables and files that it names, a request, a plan. The person who is asked
    says yes. Connections by name, resource ID or connection string are made to the sandbox.
.PARAMETER Examples
    JSON file: an array of objects with Command, Title and Code.
.PARAMETER Result
    The file to write.
#>
param([string] $Examples, [string] $Result)

$ErrorActionPreference = 'Stop'
$ConfirmPreference = 'None'
$ProgressPreference = 'SilentlyContinue'
Import-Module IotHubDsr
$script:started = [Collections.Generic.List[object]]::new()
$script:world = $null

# What a person has beside the module.
function Connect-AzAccount { }
function Get-AzIotHub { [pscustomobject] @{ Id = $script:world.ResourceId; Name = $script:world.HubName } }
function Read-Host { $script:secret }

# The sandbox has no tables, and a worker would look for those of Azure.
function Start-IotDsrWorker { }

function Start-IotHubSandbox {
    $sandbox = IotHubDsr\Start-IotHubSandbox @args
    $script:started.Add($sandbox)
    $sandbox
}

# The hub of the example is that of the sandbox, however it is named.
function Connect-IotHubDsr {
    $given = @{}
    for ($at = 0; $at -lt $args.Count; $at++) {
        if ("$($args[$at])" -match '^-(\w+):?$') { $given[$Matches[1]] = $args[++$at] }
    }

    foreach ($name in 'Name', 'ResourceId', 'ConnectionString') { $given.Remove($name) }
    if ("$($given.CredentialSource)" -ne 'ManagedIdentity') { $given.Remove('CredentialSource') }
    $piped = @($input | Where-Object { $_ -is [IotHubDsr.IotHubSandbox] })
    if ($piped.Count -gt 0) { $given.Sandbox = $piped[0] }
    if (-not $given.Sandbox) { $given.Sandbox = $script:world }
    IotHubDsr\Connect-IotHubDsr @given
}

# A certificate with a key, as name.cer, name.pfx and name.pem.
function New-CertificateFile([string] $Name) {
    $key = [Security.Cryptography.RSA]::Create(2048)
    $asked = [Security.Cryptography.X509Certificates.CertificateRequest]::new(
        "CN=$Name", $key, [Security.Cryptography.HashAlgorithmName]::SHA256, [Security.Cryptography.RSASignaturePadding]::Pkcs1)
    $made = $asked.CreateSelfSigned([DateTimeOffset]::UtcNow.AddMinutes(-5), [DateTimeOffset]::UtcNow.AddDays(1))
    $password = if ($Name -in $script:protected) { 'a password' }
    [IO.File]::WriteAllBytes("$pwd/$Name.cer", $made.Export('Cert'))
    [IO.File]::WriteAllBytes("$pwd/$Name.pfx", $made.Export('Pfx', $password))
    [IO.File]::WriteAllText("$pwd/$Name.pem", $made.ExportCertificatePem() + "`n" + $key.ExportPkcs8PrivateKeyPem())
    $made
}

# The files that an example names.
function New-PresupposedFile([string] $Code) {
    $script:protected = @([regex]::Matches($Code, '([\w-]+)\.pfx -CertificatePassword') | ForEach-Object { $_.Groups[1].Value })
    $named = @([regex]::Matches($Code, '\./([\w-]+)\.(?:cer|pfx|pem)\b') | ForEach-Object { $_.Groups[1].Value } | Sort-Object -Unique)
    foreach ($name in $named) { $script:certificates[$name] = New-CertificateFile $name }
    if ($Code.Contains('contoso-locations.json')) { Set-Content contoso-locations.json '{ "version": 1, "locations": [] }' }
    if ($Code.Contains('devices.csv')) { Set-Content devices.csv 'DeviceId', 'th-017', 'th-001' }
    foreach ($plan in [regex]::Matches($Code, '\./([\w-]+\.plan\.json)') | ForEach-Object { $_.Groups[1].Value } | Sort-Object -Unique) {
        if ($Code.Contains('New-IotErasurePlan')) { continue }
        New-IotErasurePlan th-017 -Path "./$plan" | Out-Null
        if ($Code.Contains('-RequireApproval') -and -not $Code.Contains('Approve-')) {
            Approve-IotErasurePlan "./$plan" $script:certificates['privacy-office'] | Out-Null
        }
    }
}

# The request, its certificates and its journal that an example names.
function New-PresupposedRequest([string] $Code) {
    $sign = if ($script:certificates['privacy-office']) { @{ SigningCertificate = $script:certificates['privacy-office'] } } else { @{} }
    $script:id = @(Remove-IotDeviceData th-001 -Force @sign)[0].RequestId
    if ($Code.Contains('-Release')) {
        Set-IotDataRequest $script:id -Hold -LocationId $script:place.Id -Ground 'A case' -ReviewAt ([DateTimeOffset]::Now.AddDays(90)) | Out-Null
    }

    if ($Code -match '\d{4}\.dsse\.json|\./certificates') {
        Test-IotDeviceDataErasure $script:id @sign | Out-Null
        $folder = Join-Path (Get-IotHubDsrContext).RequestStore $script:id
        Copy-Item (Join-Path $folder 'certificates') . -Recurse
        Copy-Item (Join-Path $folder 'certificates/*.dsse.json'), (Join-Path $folder 'journal.jsonl') .
    }
}

function Invoke-Example($Example, [string] $Folder) {
    $code = $Example.Code
    New-Item -ItemType Directory $Folder | Out-Null
    Set-Location $Folder
    $script:certificates = @{}
    $script:secret = ConvertTo-SecureString 'a password' -AsPlainText -Force
    if (-not $script:world) { $script:world = IotHubDsr\Start-IotHubSandbox }
    $env:IDENTITY_ENDPOINT = $script:world.IdentityEndpoint
    $env:IDENTITY_HEADER = $script:world.IdentityHeader
    $store = if ($code -match 'https://contosoevidence[\w./-]+') { $Matches[0] } else { Join-Path $Folder 'requests' }
    Connect-IotHubDsr -RequestStore $store | Out-Null
    $place = if ($code.Contains('$place')) { Get-IotDataLocation | Where-Object Place -eq 'contosorouted/raw-json' }
    $script:place = $place
    New-PresupposedFile $code
    if ($code -match '\$id\b|\.dsse\.json') { New-PresupposedRequest $code }
    $id = $script:id
    $hubId = $script:world.ResourceId
    $password = $script:secret
    $certificate = if ($code.Contains('$certificate')) { New-CertificateFile 'signer' }
    $keys = [Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser')
    if ($code.Contains('$thumbprint')) {
        $keys.Open('ReadWrite')
        $kept = [Security.Cryptography.X509Certificates.X509Certificate2]::new((New-CertificateFile 'kept').Export('Pfx'), '', 'PersistKeySet, Exportable')
        $keys.Add($kept)
        $thumbprint = $kept.Thumbprint
    }

    try {
        $ErrorActionPreference = 'Continue'
        & ([scriptblock]::Create($code)) *>&1 | 
            # The sandbox has old copies that are all there is of other devices' records: that they stay is no failure.
            Where-Object { $_ -is [Management.Automation.ErrorRecord] -and $_.FullyQualifiedErrorId -notlike 'OldCopyDiffers,*' } |
            ForEach-Object { "$($_.FullyQualifiedErrorId): $_" }
    }
    catch { "$($_.FullyQualifiedErrorId): $_" }
    finally {
        if ($kept) { $keys.Remove($kept) }
        $keys.Dispose()
    }
}

$root = Join-Path ([IO.Path]::GetTempPath()) "examples-$([guid]::NewGuid().ToString('N'))"
try {
    $number = 0
    foreach ($example in Get-Content -Raw $Examples | ConvertFrom-Json) {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $errors = @(try { Invoke-Example $example (Join-Path $root (++$number)) } catch { "Preparing: $($_.FullyQualifiedErrorId): $_ $($_.ScriptStackTrace)" })
        [ordered] @{ command = $example.Command; title = $example.Title; error = $errors -join "`n"; seconds = $watch.Elapsed.TotalSeconds } |
            ConvertTo-Json -Compress | Add-Content $Result

        # Nothing of an example is left for the next but a world that it only read.
        if (Get-IotHubDsrContext) { Disconnect-IotHubDsr }
        foreach ($sandbox in $script:started) { try { Stop-IotHubSandbox $sandbox } catch { } }
        $script:started.Clear()
        if ($example.Code -match 'Remove-IotDeviceData|Resume-|Set-Iot|\$id|dsse') {
            Stop-IotHubSandbox $script:world
            $script:world = $null
        }
    }
}
finally {
    Set-Location ([IO.Path]::GetTempPath())
    if (Test-Path $root) { Remove-Item $root -Recurse -Force }
}
