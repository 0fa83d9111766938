<#
.SYNOPSIS
    Closes what has come due in the data subject requests of a hub, every day; a runbook for Azure Automation (PowerShell 7.4).
.DESCRIPTION
    Connects with the managed identity of the Automation account. Continues each request that was interrupted or has something that
    can be read again by now, without a prompt, and signs the certificates. Then writes one line per open request: who must do what,
    and until when.

    A line is a warning if nobody has answered the request yet, or if its answer is due within -WarnDays. The runbook ends with an
    error, so that the job fails and its alert fires, if a request is overdue, was interrupted and could not be continued, or could not
    be read, or if a location needs someone now: its owner, the person who can make it readable, or the person who decides on a hold
    whose review date has come. It ends with "No action is needed." only when there is neither an error nor a warning.

    The identity needs the roles of Remove-IotDeviceData, and Storage Blob Data Contributor on the container of the requests. The next
    job continues a run that is cut off by the limit of three hours.
.PARAMETER HubResourceId
    Azure Resource Manager ID of the hub.
.PARAMETER RequestStore
    URI of the blob container with the requests, without a SAS.
.PARAMETER SigningCertificate
    X.509 certificate with its private key, such as Get-AutomationCertificate returns, a path or a thumbprint. Without it the erasure
    certificates are not signed.
.PARAMETER CertificatePassword
    Password of the certificate's file.
.PARAMETER WarnDays
    How many days before the due date of the answer to warn.
.PARAMETER WaitSeconds
    How long to wait for another process that is working on a request.
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

# What keeps a request open, by who must act now: the owner of a place, or the person who can change it.
function Get-Duty($Request) {
    foreach ($location in @($Request.Locations)) {
        switch ("$($location.Verdict)") {
            'OwnerAction' { if (-not $location.IsOwnerActionDone) { "the owner of $($location.Kind) $($location.Place) must delete what " +
                "it holds and confirm it" } }
            'Unreachable' { "the administrator of $($location.Kind) $($location.Place) must make it readable" }
            'Unknown' { "the operator must plan an erasure for $($location.Kind) $($location.Place)" }
            'Present' { "the operator must check what is left in $($location.Kind) $($location.Place)" }
            'Held' {
                $holds = @($Request.Holds | Where-Object LocationId -eq $location.LocationId)
                $review = if ($holds.Count -gt 0) { $holds[0].ReviewAt } else { $location.Until }
                if (-not $review -or $review -le $now) { "the person who decides on the hold on $($location.Kind) $($location.Place) must " +
                    "review it" }
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
    elseif ($isAnswerOwed) { "the person who answers requests must act. $($request.NextAction)" }
    elseif ($isUrgent) { "the operator must act. $($request.NextAction)" }
    else { "no action is needed before $('{0:yyyy-MM-dd}' -f $request.NextAt). $($request.NextAction)" }
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
    throw "Action is needed:$([Environment]::NewLine)$($problems -join [Environment]::NewLine)"
}
if ($waiting -gt 0) { "Requests that must be answered or are due soon: $waiting; see the warnings." }
else { 'No action is needed.' }
