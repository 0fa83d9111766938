<#
.SYNOPSIS
    Erases the data of devices as a runbook of Azure Automation (PowerShell 7.4 and later), and continues where an earlier job was cut off.
.DESCRIPTION
    Connects with the managed identity of the Automation account and answers one request, without a prompt: an approved
    erasure starts this job. If a job is stopped, by the limit of three hours or otherwise, start it again with the same parameters: it
    finds the request in its blob container and continues it. What is settled is not done again.

    The request is the one that -RequestId names, or the open one about exactly the devices of -DeviceId; when there is none, it is registered.
    The job writes the state of each location, returns the request itself, and fails if the request could not be completed. What is still to
    come (late batches, someone else's action) is closed by Reverify-DataRequests.ps1, daily.

    The identity needs the roles in module/Roles: Read-Configuration on the subscriptions, the roles beginning with Read and Erase for each kind
    of location, and Write-RequestStore on the container.
.PARAMETER HubResourceId
    Azure Resource Manager ID of the hub.
.PARAMETER RequestStore
    URI of the blob container for requests, without a SAS.
.PARAMETER DeviceId
    The devices of the request.
.PARAMETER RequestId
    A request that was registered before, instead of -DeviceId.
.PARAMETER IncludeOldVersions
    Also deletes versions and snapshots that hold the devices.
.PARAMETER SigningCertificate
    Certificate with its private key to sign the outcome with, such as Get-AutomationCertificate returns.
.PARAMETER ThrottleLimit
    How many blobs to process at once. Four keep the process well below the 400 MB of an Automation job.
.PARAMETER WaitSeconds
    How long to wait for the lease of a job that was stopped; it ends within a minute.
.PARAMETER Sandbox
    A sandbox to rehearse on, instead of -HubResourceId.
.EXAMPLE
    ./Runbook.ps1 -HubResourceId $hubId -RequestStore https://contosoevidence.blob.core.windows.net/data-requests -DeviceId th-001
#>
[CmdletBinding()]
param(
    [string] $HubResourceId,
    [Parameter(Mandatory)] [ValidatePattern('^https://')] [string] $RequestStore,
    [string[]] $DeviceId,
    [string] $RequestId,
    [bool] $IncludeOldVersions,
    $SigningCertificate,
    [int] $ThrottleLimit = 4,
    [int] $WaitSeconds = 120,
    $Sandbox
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
if (-not (Get-Command Resume-IotDataRequest -ErrorAction Ignore)) { Import-Module IotHubDsr }
if (-not $RequestId -and -not $DeviceId) { throw 'Pass -DeviceId or -RequestId.' }

$hub = if ($Sandbox) { @{ Sandbox = $Sandbox } } else { @{ ResourceId = $HubResourceId } }
$context = Connect-IotHubDsr @hub -CredentialSource ManagedIdentity -RequestStore $RequestStore
"Connected to $($context.HubHostName) with the managed identity. Requests are kept in $($context.RequestStore)."

# A job that was cut off has left an open request about the same devices; one that names more or other devices is not ours.
function Find-OpenRequest {
    $wanted = @($DeviceId | Sort-Object -CaseSensitive -Unique) -join "`n"
    Get-IotDataRequest -ErrorAction Ignore | Where-Object {
        "$($_.Status)" -ne 'Closed' -and -not $_.IsAnonymised -and $_.HubHostName -eq $context.HubHostName -and
        (@($_.DeviceId | Sort-Object -CaseSensitive -Unique) -join "`n") -ceq $wanted
    } | Select-Object -First 1
}

if (-not $RequestId) {
    $request = Find-OpenRequest
    if (-not $request) { $request = New-IotDataRequest -DeviceId $DeviceId }
    $RequestId = $request.RequestId
}

# A job that was stopped keeps its lease for up to a minute.
$request = Get-IotDataRequest -RequestId $RequestId
for ($waited = 0; $request.Holder -and $waited -lt $WaitSeconds; $waited += 5) {
    if ($waited -eq 0) { "Waiting for $($request.Holder), which is or was working on $RequestId." }
    Start-Sleep -Seconds 5
    $request = Get-IotDataRequest -RequestId $RequestId
}

# One that was answered without an erasure, such as one that was withdrawn, is not what this job was started for.
if ("$($request.Status)" -eq 'Closed' -and -not $request.PlanDigest) {
    throw "The request $RequestId is closed, and nothing was to be erased: $($request.AnswerNote) Nothing was done."
}

$run = @{ RequestId = $RequestId; Force = $true; ThrottleLimit = $ThrottleLimit; ErrorAction = 'Continue' }
if ($SigningCertificate) { $run.SigningCertificate = $SigningCertificate }
if ($request.PlanDigest) {
    "Continuing $RequestId, which is $($request.Status)."
    Resume-IotDataRequest @run -WaitSeconds $WaitSeconds | ForEach-Object { "$_" }
}
else {
    "Planning and erasing for $RequestId."
    Remove-IotDeviceData @run -DeviceId $request.DeviceId -IncludeOldVersions:$IncludeOldVersions | ForEach-Object { "$_" }
}

$request = Get-IotDataRequest -RequestId $RequestId
"$($RequestId): $($request.Status). $($request.NextAction)"
if ("$($request.Status)" -in 'Received', 'Running', 'Interrupted') { throw "The request $RequestId was not completed: it is " +
    "$($request.Status)." }
$request
