<#
.SYNOPSIS
    Answers a data subject request for one device, from start to end, in the sandbox.
.DESCRIPTION
    Starts a simulated Azure with a hub and its data, finds everything that is held of a device, exports it, shows what an erasure
    would do, erases, and shows the verdicts and what is on record: the request, its certificate, its report. It then proves that the
    data of other devices is as it was. Nothing outside this machine is touched. The package, the report and the record of the request stay
    in a folder of yours below the temporary files; its path is the last line.
.PARAMETER DeviceId
    The device to erase.
.PARAMETER Bystander
    A device whose data must stay as it is; its ID differs from the other by case only.
.PARAMETER Seed
    The number that the simulated world is made from.
.PARAMETER Open
    Opens the report in the browser, where there is a desktop.
.PARAMETER Clean
    Removes what this and earlier runs have written, at the end.
#>
param(
    [string] $DeviceId = 'dev1',
    [string] $Bystander = 'Dev1',
    [int] $Seed = 1,
    [switch] $Open,
    [switch] $Clean
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Command Start-IotHubSandbox -ErrorAction Ignore)) {
    Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', '..', 'IotHubDsr.psd1'))
}

# What is held of a device now, in a form that can be compared. Old versions are left out: rewriting a blob makes them.
function Get-Holding([string] $Id) {
    foreach ($finding in @(Get-IotDeviceDataFootprint -DeviceId $Id | Where-Object { "$($_.Location.Capabilities)" -ne 'None' })) {
        "$($finding.Records - $finding.OldCopyRecords) records in $($finding.Kind) $($finding.Place)"
    }
}

# A certificate to sign with, made for this run; a real one comes from a file or from a certificate store.
function New-Signer([string] $Name) {
    $key = [Security.Cryptography.ECDsa]::Create([Security.Cryptography.ECCurve+NamedCurves]::nistP256)
    $asked = [Security.Cryptography.X509Certificates.CertificateRequest]::new("CN=$Name", $key, [Security.Cryptography.HashAlgorithmName]::SHA256)
    $asked.CreateSelfSigned([DateTimeOffset]::UtcNow.AddMinutes(-5), [DateTimeOffset]::UtcNow.AddDays(1))
}

# What an erasure does only when it is told to: each of these changes something beside the device's own current data.
$consents = @{
    # Target conditions of the operator's configurations that list the device.
    RewriteConfigurations = $true
    # Messages that wait for their receiver; some of others are received and given back.
    SettleMessages = $true
}

# A folder that its owner alone can read, wherever this machine keeps temporary files.
$prefix = 'iothubdsr-quickstart-'
$folder = [IO.Directory]::CreateTempSubdirectory($prefix).FullName
$signer = New-Signer 'Privacy Office (Quickstart)'
'1. Start a simulated Azure and connect to its hub.'
$sandbox = Start-IotHubSandbox -Seed $Seed
try {
    Connect-IotHubDsr -Sandbox $sandbox -RequestStore ([IO.Path]::Combine($folder, 'requests')) | Out-Default

    '2. Every location that can hold data of a device, from the hub''s configuration.'
    Get-IotDataLocation | Out-Default

    "3. The footprint of '$DeviceId'. A question mark means that the number is unknown."
    Get-IotDeviceDataFootprint -DeviceId $DeviceId | Out-Default

    '4. Register the request: its time limit starts now. Export the data for the person who asks.'
    $request = New-IotDataRequest -DeviceId $DeviceId -IdentityEvidence 'Called back on the number on file'
    Export-IotDeviceData -DeviceId $DeviceId -Path ([IO.Path]::Combine($folder, 'package')) -RequestId $request.RequestId | Out-Default

    '5. What an erasure would do. No changing call is sent.'
    Remove-IotDeviceData -DeviceId $DeviceId @consents -WhatIf

    '6. Erase. Every location is read again before it gets its verdict.'
    $before = @(Get-Holding $Bystander)
    $receipts = @(Remove-IotDeviceData -DeviceId $DeviceId -RequestId $request.RequestId -SigningCertificate $signer @consents -Force)
    $receipts | Where-Object { "$($_.Location.Capabilities)" -ne 'None' } | Out-Default

    '7. What is not settled yet, and why.'
    $receipts | Where-Object { $_.Detail -and "$($_.Location.Capabilities)" -ne 'None' } | ForEach-Object {
        "   $($_.Verdict): $($_.Kind) $($_.Place). $($_.Detail)"
    }
    $others = @($receipts | Where-Object { "$($_.Location.Capabilities)" -eq 'None' })
    "   $($others.Count) locations that this module does not erase from; each receipt says who must do what. For example:"
    $others | Where-Object { $_.Kind -in 'AzureFunction', 'Webhook' } | ForEach-Object { "   $($_.Verdict): $($_.Kind) " +
        "$($_.Place). $($_.Detail)" }

    '8. The record: the request with what comes next, its certificate, checked, and its report.'
    $request = Get-IotDataRequest -RequestId $request.RequestId
    $request | Out-Default
    $request.Certificates | Test-IotErasureCertificate -TrustedCertificate $signer | Out-Default
    Export-IotDataRequestReport -RequestId $request.RequestId -Path ([IO.Path]::Combine($folder, 'report.html')) | Out-Default

    "9. The bystander '$Bystander' shares blobs with '$DeviceId', and its ID differs only in case."
    $after = @(Get-Holding $Bystander)
    # To ask for the bystander is logged, too, and reaches the workspace some minutes later.
    $same = { $_ -notlike '*LogAnalyticsWorkspace*' }
    if ((@($before | Where-Object $same) -join '|') -cne (@($after | Where-Object $same) -join '|')) {
        throw "The data of '$Bystander' has changed. Before: $($before -join '; '). After: $($after -join '; ')."
    }
    $after | ForEach-Object { "   As before: $_" }

    if ($Open) {
        $report = [IO.Path]::Combine($folder, 'report.html')
        if ($IsWindows -or $IsMacOS -or $env:DISPLAY -or $env:WAYLAND_DISPLAY) { Invoke-Item -LiteralPath $report }
        else { "This machine has no desktop to open the report on." }
    }

    if (-not $Clean) { "The package and the report are in $folder; -Clean removes them." }
}
finally {
    Stop-IotHubSandbox -Sandbox $sandbox
    $signer.Dispose()
    if ($Clean) {
        foreach ($written in [IO.Directory]::GetDirectories([IO.Path]::GetTempPath(), "$prefix*")) {
            # Of those of other users, nothing can be removed.
            try { [IO.Directory]::Delete($written, $true) } catch [UnauthorizedAccessException] { }
        }
    }
}
