#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    $script:manifest = Join-Path $PSScriptRoot '../../IotHubDsr.psd1'
    Import-Module $manifest -Force
    $script:container = 'https://contosoevidence.blob.core.windows.net/data-requests'

    function Send-Control([IotHubDsr.IotHubSandbox] $Sandbox, [string] $Method, [string] $Path, $Body) {
        $call = @{
            Method = $Method
            Uri = [uri]::new($Sandbox.ControlUri, $Path)
            Headers = @{ 'x-sandbox-key' = $Sandbox.ControlKey }
            SkipCertificateCheck = $true
        }
        if ($Body) { $call.Body = $Body | ConvertTo-Json; $call.ContentType = 'application/json' }
        Invoke-RestMethod @call
    }

    # What a command writes to the stream of progress, which a session cannot redirect.
    function Get-Progress([string] $Script, [hashtable] $Parameters) {
        $shell = [powershell]::Create()
        try {
            $shell.AddScript("param(`$manifest, `$context) Import-Module `$manifest; $Script").AddParameters($Parameters).Invoke() | Out-Null
            $shell.Streams.Progress
        } finally {
            $shell.Dispose()
        }
    }
}

Describe 'The wait for the hub''s pace is visible' {
    BeforeAll {
        $script:sandbox = Start-IotHubSandbox -Sku S1
        $script:context = Connect-IotHubDsr -Sandbox $sandbox -RequestStore (Join-Path $TestDrive 'requests') -ThrottleShare 1
        $script:ids = 1..16 | ForEach-Object { 'th-{0:000}' -f $_ }
    }

    AfterAll {
        if (Get-IotHubDsrContext) { Disconnect-IotHubDsr }
        Stop-IotHubSandbox $sandbox
    }

    It 'with -Verbose, by what is waited for and until when' {
        $lines = $ids | Get-IotDeviceDataFootprint -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object Message
        $waits = $lines -match "^Waiting until \d\d:\d\d:\d\d for the hub's pace: registry operations, 1\.7 a second \(S1 x 1, of which the connection uses 100 %\)\.$"
        $waits | Should -Not -BeNullOrEmpty
    }

    It 'as progress that ends with the wait' {
        $progress = Get-Progress '1..8 | ForEach-Object { "th-{0:000}" -f $_ } | Get-IotDeviceDataFootprint -Context $context' @{ manifest = $manifest; context = $context }
        $waits = $progress | Where-Object Activity -EQ "Waiting for the hub's pace"
        $waits[0].StatusDescription | Should -Match '^Until \d\d:\d\d:\d\d: registry operations'
        "$($waits[-1].RecordType)" | Should -Be 'Completed'
    }

    It 'is told by a plan before it runs' {
        $plan = $ids | New-IotErasurePlan -Path (Join-Path $TestDrive 'plan.json') -Verbose 4>&1
        $plan[-1].HubTime | Should -BeGreaterThan ([TimeSpan]::Zero)
        $plan | Where-Object { $_ -is [Management.Automation.VerboseRecord] -and "$_" -like '*pace*S1 x 1*' } | Should -Not -BeNullOrEmpty
        $plan[-1] | Out-String -Width 80 | Should -Match 'min'
        Get-Content (Join-Path $TestDrive 'plan.json') -Raw | Should -Not -Match 'HubTime|hubTime'
    }

    It 'follows the SKU and units that are named with a connection string' {
        (Get-Command Connect-IotHubDsr).ParameterSets | Where-Object { $_.Parameters.Name -contains 'Sku' } | ForEach-Object Name | Should -Be 'ConnectionString'
        $help = Get-Help Connect-IotHubDsr -Parameter Sku | Out-String
        $help | Should -Match 'S1'
    }
}

Describe 'Listing a container store' {
    BeforeAll {
        $script:sandbox = Start-IotHubSandbox
        $script:context = Connect-IotHubDsr -Sandbox $sandbox -RequestStore $container
        1..12 | ForEach-Object { New-IotDataRequest ('th-{0:000}' -f $_) | Out-Null }
    }

    AfterAll {
        if (Get-IotHubDsrContext) { Disconnect-IotHubDsr }
        Stop-IotHubSandbox $sandbox
    }

    It 'reads requests side by side' {
        Send-Control $sandbox DELETE log
        Send-Control $sandbox POST faults @{ service = 'blob'; host = 'contosoevidence.blob.core.windows.net'; latencyMilliseconds = 150; times = 100000 }
        try {
            $clock = [Diagnostics.Stopwatch]::StartNew()
            Get-IotDataRequest | Should -HaveCount 12
            $clock.Stop()
            $calls = @(Send-Control $sandbox GET log | ForEach-Object { $_ } | Where-Object { "$($_ | ConvertTo-Json -Compress)" -like '*contosoevidence*' }).Count
            $calls | Should -BeGreaterThan 24
            $clock.Elapsed.TotalMilliseconds | Should -BeLessThan (150 * $calls / 2)
        } finally {
            Send-Control $sandbox DELETE faults
        }
    }

    It 'shows how many were read' {
        $progress = Get-Progress 'Get-IotDataRequest -Context $context' @{ manifest = $manifest; context = $context }
        $progress.StatusDescription -match '^\d+ of 12 requests read$' | Should -Not -BeNullOrEmpty
        "$($progress[-1].RecordType)" | Should -Be 'Completed'
    }
}
