<#
.SYNOPSIS
    Works on parts of footprints and plans with -Distributed as a runbook of Azure Automation, on a hybrid worker or in a sandbox.
.DESCRIPTION
    Starts one worker with the managed identity of the Automation account (PowerShell 7.4), and ends when nothing is left to do. A job in an
    Automation sandbox is stopped after three hours and has 400 MB: the worker ends by itself before that, gives back what it has begun, and
    reads four blobs at once. Hybrid workers have no such limit: pass -Minutes 0, and more of -ThrottleLimit.

    Start as many jobs as there are machines, and start them again as long as the command that waits shows parts that are left.

    The identity needs Storage Blob Data Contributor, Storage Queue Data Contributor and Storage Table Data Contributor on the storage account
    of the request store, and Storage Blob Data Reader on the archives.
.PARAMETER RequestStore
    URI of the blob container for requests, without a SAS.
.PARAMETER Minutes
    After how many minutes to end at the latest; 0 for no limit.
.PARAMETER ThrottleLimit
    How many blobs to process at once. Four keep the process well below the 400 MB of an Automation job.
.PARAMETER ClientId
    Client ID of a user-assigned managed identity; by default the system-assigned one is used.
.EXAMPLE
    ./Worker-Runbook.ps1 -RequestStore https://contosoevidence.blob.core.windows.net/data-requests -Minutes 0 -ThrottleLimit 16
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [ValidatePattern('^https://')] [string] $RequestStore,
    [ValidateRange(0, 100000)] [int] $Minutes = 170,
    [ValidateRange(1, 64)] [int] $ThrottleLimit = 4,
    [string] $ClientId
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
if (-not (Get-Command Start-IotDsrWorker -ErrorAction Ignore)) { Import-Module IotHubDsr }

$worker = @{ RequestStore = $RequestStore; ThrottleLimit = $ThrottleLimit }
if ($ClientId) { $worker.ClientId = $ClientId }
if ($Minutes -gt 0) { $worker.Until = (Get-Date).AddMinutes($Minutes) }
$run = Start-IotDsrWorker @worker
if ($run.IsNothingLeft) { "$run. Nothing is left." }
else { "$run. The time was over: start the runbook again if the command that waits shows parts that are left." }
