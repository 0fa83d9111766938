<#
.SYNOPSIS
    Answers a data subject request for one device, from start to end, in the sandbox.
.DESCRIPTION
    Starts a simulated Azure with a hub and its data, finds everything that is held of a device, exports it, shows what an erasure
    would do, erases, and shows the verdicts. It then proves that the data of other devices is as it was. Nothing outside this
    machine is touched. Runs in PowerShell 7.4 or later and in the shell of this repository.
.PARAMETER DeviceId
    The device to erase.
.PARAMETER Bystander
    A device whose data must stay as it is; its ID differs from the other by case only.
.PARAMETER Seed
    The number that the simulated world is made from.
#>
param(
    [string] $DeviceId = 'dev1',
    [string] $Bystander = 'Dev1',
    [int] $Seed = 1
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

$package = [IO.Path]::Combine([IO.Path]::GetTempPath(), "iothubdsr-$([Guid]::NewGuid().ToString('N'))")
'1. Start a simulated Azure and connect to its hub.'
$sandbox = Start-IotHubSandbox -Seed $Seed
try {
    Connect-IotHubDsr -Sandbox $sandbox | Out-Default

    '2. Every location where data of a device can be, from the configuration of the hub.'
    Get-IotDataLocation | Out-Default

    "3. The footprint of '$DeviceId'. A question mark stands for what nobody can count from here."
    Get-IotDeviceDataFootprint -DeviceId $DeviceId | Out-Default

    '4. Export it: what the person who asks is given.'
    Export-IotDeviceData -DeviceId $DeviceId -Path $package | Out-Default

    '5. What an erasure would do. Nothing is sent that changes anything.'
    Remove-IotDeviceData -DeviceId $DeviceId -WhatIf

    "6. Erase. Every location is read again before it gets its verdict."
    $before = @(Get-Holding $Bystander)
    $receipts = @(Remove-IotDeviceData -DeviceId $DeviceId -Force)
    $receipts | Where-Object { "$($_.Location.Capabilities)" -ne 'None' } | Out-Default

    "7. What is not settled yet, and why."
    $receipts | Where-Object { $_.Detail -and "$($_.Location.Capabilities)" -ne 'None' } | ForEach-Object {
        "   $($_.Verdict): $($_.Kind) $($_.Place). $($_.Detail)"
    }
    $others = @($receipts | Where-Object { "$($_.Location.Capabilities)" -eq 'None' })
    "   $($others.Count) locations that this module does not erase from; each receipt says who has to do what. For example:"
    $others | Where-Object { $_.Kind -in 'LogAnalyticsWorkspace', 'Webhook' } | ForEach-Object { "   $($_.Verdict): $($_.Kind) $($_.Place). $($_.Detail)" }

    "8. The bystander '$Bystander' shares blobs with '$DeviceId', and its ID differs by case only."
    $after = @(Get-Holding $Bystander)
    if (($before -join '|') -cne ($after -join '|')) {
        throw "The data of '$Bystander' has changed. Before: $($before -join '; '). After: $($after -join '; ')."
    }
    $after | ForEach-Object { "   As before: $_" }
}
finally {
    Stop-IotHubSandbox -Sandbox $sandbox
    if ([IO.Directory]::Exists($package)) { [IO.Directory]::Delete($package, $true) }
}
