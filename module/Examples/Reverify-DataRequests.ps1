<#
.SYNOPSIS
    Closes what has come due in the data subject requests of a hub, every day; a runbook for Azure Automation (PowerShell 7.4).
.DESCRIPTION
    Connects with the managed identity of the Automation account. Goes on with each request that was interrupted or has something that
    can be read again by now, without a prompt, and signs the certificates. Then writes one line per open request: who has to do what,
    and until when.

    A line is a warning when nobody has answered the request yet, and when its answer is due within -WarnDays. The runbook ends with an
    error, so that the job fails and its alert fires, when a request is overdue, was interrupted and could not be gone on with, or could
    not be read, and when a location needs somebody now: its owner, whoever can make it readable, or whoever decides on a hold whose
    review date has come. It ends with "Nobody has to act." only when there is neither an error nor a warning.

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
$ripe = { -not $_.IsAnonymised -and ($_.Status -eq 'Interrupted' -or ($_.PlanDigest -and $_.Status -ne 'Running' -and $_.NextAt -le $now)) }
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

# What keeps a request open, by who has to act on it now: the owner of a place, or whoever can change what is there.
function Get-Duty($Request) {
    foreach ($location in @($Request.Locations)) {
        switch ("$($location.Verdict)") {
            'OwnerAction' { if (-not $location.IsOwnerActionDone) { "the owner of $($location.Kind) $($location.Place) deletes what it holds and says so" } }
            'Unreachable' { "whoever administers $($location.Kind) $($location.Place) makes it readable" }
            'Unknown' { "whoever runs the request plans an erasure for $($location.Kind) $($location.Place)" }
            'Present' { "whoever runs the request looks at what is left in $($location.Kind) $($location.Place)" }
            'Held' {
                $holds = @($Request.Holds | Where-Object LocationId -eq $location.LocationId)
                $review = if ($holds.Count -gt 0) { $holds[0].ReviewAt } else { $location.Until }
                if (-not $review -or $review -le $now) { "whoever decides on the hold on $($location.Kind) $($location.Place) reviews it" }
            }
        }
    }
}

$waiting = 0
foreach ($request in @(Get-IotDataRequest @store -Due -ErrorAction SilentlyContinue | Where-Object HubHostName -eq $Context.HubHostName)) {
    $due = '{0:yyyy-MM-dd}' -f $request.DueAt
    $duties = @(if ("$($request.Status)" -eq 'ActionNeeded' -and -not $request.IsAnonymised) { Get-Duty $request })
    $isAnswerOwed = -not $request.AnsweredAt -and ($request.IsAnonymised -or "$($request.Status)" -eq 'Received')
    $isOverdue = $request.DueAt -lt $now -and -not $request.AnsweredAt
    $isUrgent = $isOverdue -or "$($request.Status)" -eq 'Interrupted' -or $duties.Count -gt 0
    $who = if ($duties.Count -gt 0) { "$($duties -join '; '). Then run Resume-IotDataRequest." }
    elseif ($request.Holder) { "$($request.Holder) is working on it." }
    elseif ($isAnswerOwed) { "whoever answers requests has to act. $($request.NextAction)" }
    elseif ($isUrgent) { "whoever runs the request has to act. $($request.NextAction)" }
    else { "nobody has to act before $('{0:yyyy-MM-dd}' -f $request.NextAt). $($request.NextAction)" }
    $when = if ($request.AnsweredAt) { 'answered' } elseif ($isOverdue) { "overdue since $due" } else { "the answer is due on $due" }
    $line = "$($request.RequestId): $($request.Status), $when; $who"

    if ($isUrgent) { $problems.Add($line) }
    elseif ($isAnswerOwed -or (-not $request.AnsweredAt -and $request.DueAt -lt $now.AddDays($WarnDays))) {
        $waiting++
        $PSCmdlet.WriteWarning($line)
    }
    else { $line }
}

if ($problems.Count -gt 0) {
    throw "Somebody has to act:$([Environment]::NewLine)$($problems -join [Environment]::NewLine)"
}
if ($waiting -gt 0) { "Requests that somebody has to answer or that are due soon: $waiting; see the warnings." }
else { 'Nobody has to act.' }
