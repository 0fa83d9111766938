<#
.SYNOPSIS
    A device is made and its data written with Microsoft's clients, erased with the module, and looked for with the clients again.
.PARAMETER Manifest
    The module.
.PARAMETER Folder
    A folder for what the clients noted and for the request.
#>
#Requires -Version 7.4
param(
    [Parameter(Mandatory)] [string] $Manifest,
    [Parameter(Mandatory)] [string] $Folder
)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$sandbox = Start-IotHubSandbox
try {
    $descriptor = @{
        port                = $sandbox.Port
        caCertificatePem    = $sandbox.CaCertificate
        controlKey          = $sandbox.ControlKey
        tenantId            = $sandbox.TenantId
        clientId            = $sandbox.ClientId
        clientSecret        = ConvertFrom-SecureString $sandbox.ClientSecret -AsPlainText
        hubConnectionString = ConvertFrom-SecureString $sandbox.ConnectionString -AsPlainText
    } | ConvertTo-Json -Compress

    function Invoke-Client {
        $descriptor | node (Join-Path $PSScriptRoot 'scenario.js') @args
        if ($LASTEXITCODE) { throw "The clients failed at '$args'." }
    }

    $noted = Join-Path $Folder 'before.json'
    # The sandbox's clock goes ahead of the machine's, which the module says once and again.
    $WarningPreference = 'SilentlyContinue'
    Invoke-Client write $noted
    Connect-IotHubDsr -Sandbox $sandbox -RequestStore (Join-Path $Folder 'requests') | Out-Null
    $device = "evil's%25dev:1"
    $found = Get-IotDeviceDataFootprint $device | Where-Object Records -GT 0
    foreach ($finding in $found) { "found: $($finding.Records) in $($finding.Kind) $($finding.Place)" }

    $request = New-IotDataRequest $device
    $request | Remove-IotDeviceData -IncludeOldVersions -Force | Out-Null
    # The hub's record of the deletion arrives in the archive after the deletion, and is more than the first plan held.
    Invoke-Client later 7200
    $receipts = $request | Remove-IotDeviceData -IncludeOldVersions -Force
    foreach ($receipt in $receipts | Where-Object Place -Match 'raw-|device-uploads$|^contoso-hub$') {
        "erased: $($receipt.Verdict) $($receipt.Kind) $($receipt.Place)"
    }

    Invoke-Client confirm $noted
}
finally {
    Stop-IotHubSandbox $sandbox
}
