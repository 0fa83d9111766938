<#
.SYNOPSIS
    Closes what has come due in the data subject requests of a hub, every day; a runbook for Azure Automation (PowerShell 7.4).
.DESCRIPTION
    Connects with the managed identity of the Automation account. Goes on with each request that was interrupted or has something that
    can be read again by now, without a prompt, and signs the certificates. Warns of answers that are due within -WarnDays. Ends with an
    error, so that the job fails and its alert fires, when a request is overdue, needs somebody, or could not be worked on.

    The identity needs the roles of Remove-IotDeviceData, and Storage Blob Data Contributor on the container of the requests. A run that
    is cut off by the limit of three hours is gone on with by the next one.
.PARAMETER HubResourceId
    Azure Resource Manager ID of the hub.
.PARAMETER RequestStore
    URI of the blob container with the requests, without a SAS.
.PARAMETER SigningCertificate
    Certificate with its private key, such as Get-AutomationCertificate returns, a path or a thumbprint. Without it the certificates of
    the outcome are not signed.
.PARAMETER CertificatePassword
    Password of the file that the certificate is in.
.PARAMETER WarnDays
    How many days before the answer is due a warning is given.
.PARAMETER WaitSeconds
    How long to wait for somebody else who works on a request.
.PARAMETER Context
    A connection to use instead of the managed identity's, such as one to a sandbox.
#>
[CmdletBinding()]
param(
    [string] $HubResourceId,
    [Parameter(Mandatory)] [string] $RequestStore,
    $SigningCertificate,
    [securestring] $CertificatePassword,
    [int] $WarnDays = 7,
    [int] $WaitSeconds = 60,
    $Context
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Command Resume-IotDataRequest -ErrorAction Ignore)) { Import-Module IotHubDsr }
if (-not $Context) { $Context = Connect-IotHubDsr -ResourceId $HubResourceId -CredentialSource ManagedIdentity -RequestStore $RequestStore }

$store = @{ Context = $Context; RequestStore = $RequestStore }
$sign = @{}
$quiet = @{ Force = $true; ErrorAction = 'SilentlyContinue' }
if ($SigningCertificate) { $sign.SigningCertificate = $SigningCertificate }
if ($CertificatePassword) { $sign.CertificatePassword = $CertificatePassword }
$problems = [Collections.Generic.List[string]]::new()
$unread = $null

# The store may hold requests about other hubs; each hub has a runbook of its own.
$open = @(Get-IotDataRequest @store -Due -ErrorAction SilentlyContinue -ErrorVariable unread | Where-Object HubHostName -eq $Context.HubHostName)
foreach ($failure in $unread) { $problems.Add("A request could not be read. $failure") }

$now = [DateTimeOffset]::UtcNow
$ripe = { $_.Status -eq 'Interrupted' -or ($_.PlanDigest -and $_.Status -ne 'Running' -and $_.NextAt -le $now) }
foreach ($request in @($open | Where-Object $ripe)) {
    $failures = $null
    try {
        $receipts = @(Resume-IotDataRequest @store @sign @quiet -RequestId $request.RequestId -WaitSeconds $WaitSeconds -ErrorVariable failures)
        $left = @($receipts | Where-Object Verdict -notin 'Absent', 'Erased')
        "$($request.RequestId): $($receipts.Count) receipts, $($left.Count) of them not settled."
    }
    catch {
        $failures = @($_)
    }
    foreach ($failure in $failures) { $problems.Add("$($request.RequestId): $($failure.FullyQualifiedErrorId.Split(',')[0]). $failure") }
}

foreach ($request in @(Get-IotDataRequest @store -Due -ErrorAction SilentlyContinue | Where-Object HubHostName -eq $Context.HubHostName)) {
    $due = '{0:yyyy-MM-dd}' -f $request.DueAt
    $id = $request.RequestId
    if ($request.DueAt -lt $now -and -not $request.AnsweredAt) { $problems.Add("${id}: overdue since $due. $($request.NextAction)") }
    elseif ($request.Status -in 'ActionNeeded', 'Interrupted') { $problems.Add("${id}: $($request.Status), due $due. $($request.NextAction)") }
    elseif ($request.DueAt -lt $now.AddDays($WarnDays) -and -not $request.AnsweredAt) { $PSCmdlet.WriteWarning("${id}: the answer is due on $due. $($request.NextAction)") }
    else { "${id}: $($request.Status), due $due. $($request.NextAction)" }
}

if ($problems.Count -gt 0) {
    throw "Somebody has to act:$([Environment]::NewLine)$($problems -join [Environment]::NewLine)"
}
'Nobody has to act.'
