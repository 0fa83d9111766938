<#
.SYNOPSIS
    Runs the Pester tests of this folder and writes what became of each to a file of JSON lines.
.PARAMETER Pester
    The Pester module: a name, a folder or a manifest.
.PARAMETER Result
    The file to write. Each line has the file, the path and the result of a test, and its error when it failed.
#>
#Requires -Version 7.4
param(
    [string] $Pester = 'Pester',
    [string] $Result
)

$ErrorActionPreference = 'Stop'
Import-Module $Pester -MinimumVersion 5.5
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$run = Invoke-Pester -Configuration $configuration
if ($Result) {
    $run.Tests | ForEach-Object {
        [ordered] @{
            file   = [IO.Path]::GetFileName($_.ScriptBlock.File)
            name   = "$($_.ExpandedPath)"
            result = "$($_.Result)"
            error  = ($_.ErrorRecord | ForEach-Object { "$_`n$($_.ScriptStackTrace)" }) -join "`n"
        } | ConvertTo-Json -Compress
    } | Set-Content -LiteralPath $Result
}
if ($run.FailedCount + $run.FailedBlocksCount + $run.FailedContainersCount -gt 0) { exit 1 }
