<#
.SYNOPSIS
    Builds, tests and packages the module. It only passes on to dotnet; everything it does can be done with dotnet alone.
.DESCRIPTION
    Runs in PowerShell 7.4 or later and in the shell of this repository:
    dotnet run --project src/IotHubDsr.Shell -- build.ps1 -Task Package
.PARAMETER Task
    Build stages the importable module in module/bin. Test runs all tests. Package writes an installable folder and a package for
    a PowerShell repository to artifacts. Demo runs the Quickstart in the sandbox. Pester runs tests/Pester where Pester is installed.
.PARAMETER Configuration
    Debug or Release; Package takes Release by default.
#>
param(
    [ValidateSet('Build', 'Test', 'Package', 'Demo', 'Pester')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration
)

$ErrorActionPreference = 'Stop'

function Get-FullPath([string] $RelativePath) { [IO.Path]::Combine($PSScriptRoot, $RelativePath) }

function Invoke-Dotnet([string[]] $Arguments) {
    & dotnet $Arguments
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($Arguments[0]) ended with exit code $LASTEXITCODE." }
}

foreach ($name in $Task) {
    $chosen = if ($Configuration) { $Configuration } elseif ($name -eq 'Package') { 'Release' } else { 'Debug' }
    switch ($name) {
        'Build' { Invoke-Dotnet 'build', (Get-FullPath 'IotHubDsr.sln'), '-c', $chosen }
        'Test' { Invoke-Dotnet 'test', (Get-FullPath 'IotHubDsr.sln'), '-c', $chosen }
        'Package' { Invoke-Dotnet 'msbuild', (Get-FullPath 'src/IotHubDsr'), '-restore', '-t:Package', "-p:Configuration=$chosen" }
        'Demo' { Invoke-Dotnet 'run', '-c', $chosen, '--project', (Get-FullPath 'src/IotHubDsr.Shell'), '--', (Get-FullPath 'module/Examples/Quickstart.ps1') }
        'Pester' {
            if (Get-Module -ListAvailable -Name Pester) {
                Invoke-Dotnet 'build', (Get-FullPath 'src/IotHubDsr'), '-c', $chosen
                Import-Module Pester -MinimumVersion 5.5
                $result = Invoke-Pester -Path (Get-FullPath 'tests/Pester') -PassThru
                if ($result.FailedCount -gt 0) { throw "$($result.FailedCount) Pester tests failed." }
            }
            else {
                'The module Pester is not installed here; its tests have twins in tests/IotHubDsr.Module.Tests, which Test runs.'
            }
        }
    }
}
