#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../IotHubDsr.psd1') -Force
    $script:sandbox = Start-IotHubSandbox
    $script:store = Join-Path $TestDrive 'requests'
    $script:context = Connect-IotHubDsr -Sandbox $sandbox -RequestStore $store
    $script:planned = (Remove-IotDeviceData 'th-020' -Force)[0].RequestId
    $script:registered = (New-IotDataRequest 'it''s').RequestId

    function Get-Completion([string] $Line) {
        (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches
    }
}

AfterAll {
    if (Get-IotHubDsrContext) { Disconnect-IotHubDsr }
    Stop-IotHubSandbox $sandbox
}

Describe 'Arguments complete from what there is' {
    It 'IDs of requests, from the store that is named or that of the connection' {
        $found = Get-Completion 'Resume-IotDataRequest -RequestId '
        $found.ListItemText | Should -Contain $planned
        ($found | Where-Object ListItemText -EQ $registered).ToolTip | Should -BeLike 'Received, due *1 device of contoso-hub*'
        (Get-Completion "Get-IotDataRequest $($planned.Substring(0, 4))").ListItemText | Should -Contain $planned
        Get-Completion "Get-IotDataRequest -RequestStore '$TestDrive/none' -RequestId 2" | Where-Object ListItemText -EQ $planned | Should -BeNullOrEmpty
        Invoke-Expression "Get-IotDataRequest $($found[0].CompletionText)" | Should -HaveCount 1
    }

    It 'IDs of locations, from the request or the hub, with the place as tooltip' {
        foreach ($id in $planned, $registered) {
            $found = Get-Completion "Set-IotDataRequest '$id' -Hold -LocationId routed"
            $found | Should -Not -BeNullOrEmpty
            $found.ToolTip -match 'RoutedBlobContainer contosorouted/raw-json' | Should -Not -BeNullOrEmpty
        }

        Get-IotDataRequest $registered | Set-IotDataRequest -Hold -LocationId $found[0].ListItemText -Ground 'claim' -ReviewAt ([DateTime]::Now.AddYears(1)) | Out-Null
        (Get-Completion "Set-IotDataRequest '$registered' -Release -LocationId ").ListItemText | Should -Be $found[0].ListItemText
    }

    It 'devices of a request, in quotation marks' {
        (Get-Completion "Set-IotDataRequest '$registered' -Hold -DeviceId ").CompletionText | Should -Be "'it''s'"
    }

    It 'containers of the hub' {
        (Get-Completion 'Connect-IotHubDsr -DedicatedContainer contosor').ListItemText | Should -Contain 'contosorouted/raw-json'
    }

    It 'names of hubs that the credential can list' {
        $found = Get-Completion 'Connect-IotHubDsr -Name con'
        ($found | Where-Object ListItemText -EQ 'contoso-hub').ToolTip | Should -Be $context.ResourceId
    }

    It 'to nothing, without an error, where nothing can be asked' {
        Disconnect-IotHubDsr
        try {
            Get-Completion 'Set-IotDataRequest x -Hold -LocationId zz' | Where-Object ResultType -EQ 'ParameterValue' | Should -BeNullOrEmpty
        } finally {
            Connect-IotHubDsr -Sandbox $sandbox -RequestStore $store | Out-Null
        }
    }
}
