<#
.SYNOPSIS
    Builds, tests and packages the module. It only passes on to dotnet; everything it does can be done with dotnet alone.
.DESCRIPTION
    Runs in PowerShell 7.4 or later. Without an installed one: dotnet tool restore, then dotnet pwsh build.ps1 -Task Package
.PARAMETER Task
    Build stages the importable module in module/bin. Test runs all tests. Package writes an installable folder and a package for
    a PowerShell repository to artifacts. Demo runs the Quickstart in the sandbox. Pester runs tests/Pester with the Pester that is installed
    here; Test runs them too, with every version of Pester that is supported.
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
        'Demo' { Invoke-Dotnet 'run', (Get-FullPath 'demo.cs') }
        'Pester' {
            Invoke-Dotnet 'build', (Get-FullPath 'src/IotHubDsr'), '-c', $chosen
            & (Get-FullPath 'tests/Pester/Invoke-Tests.ps1')
            if ($LASTEXITCODE -ne 0) { throw 'Pester tests failed.' }
        }
    }
}
