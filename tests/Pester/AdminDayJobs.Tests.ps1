#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

BeforeAll {
    $script:manifest = Join-Path $PSScriptRoot '../../IotHubDsr.psd1'
    Import-Module $manifest -Force
    $script:sandbox = Start-IotHubSandbox
    $script:context = Connect-IotHubDsr -Sandbox $sandbox -RequestStore (Join-Path $TestDrive 'requests')
}

AfterAll {
    if (Get-IotHubDsrContext) { Disconnect-IotHubDsr }
    Stop-IotHubSandbox $sandbox
}

Describe 'Commands that take long run as jobs' {
    It 'finds as a job what it finds otherwise' {
        $job = 'dev1', 'dev2' | Get-IotDeviceDataFootprint -AsJob
        $job.PSJobTypeName | Should -Be 'ThreadJob'
        $job.Name | Should -Be 'Get-IotDeviceDataFootprint'
        $found = $job | Receive-Job -Wait -AutoRemoveJob
        $found | ForEach-Object { "$_" } | Sort-Object | Should -Be ('dev1', 'dev2' | Get-IotDeviceDataFootprint | ForEach-Object { "$_" } | Sort-Object)
    }

    It 'exports to a path of the session''s location' {
        Push-Location (New-Item -ItemType Directory (Join-Path $TestDrive 'out'))
        try {
            $package = 'dev1' | Export-IotDeviceData -Path package -AsJob | Receive-Job -Wait -AutoRemoveJob
            $package.Path | Should -Be (Join-Path $TestDrive 'out' 'package')
        } finally {
            Pop-Location
        }
    }

    It 'erases, resumes and tests as jobs' {
        $receipts = New-IotDataRequest 'th-010' | Remove-IotDeviceData -Force -AsJob | Receive-Job -Wait -AutoRemoveJob
        $receipts.DeviceId | Sort-Object -Unique | Should -Be 'th-010'
        $receipts[0] | Resume-IotDataRequest -Force -AsJob | Receive-Job -Wait -AutoRemoveJob | Should -Not -BeNullOrEmpty
        Test-IotDeviceDataErasure $receipts[0].RequestId -AsJob | Receive-Job -Wait -AutoRemoveJob | Should -Not -BeNullOrEmpty
        (Get-IotDataRequest $receipts[0].RequestId).Certificates | Should -HaveCount 3
    }

    It 'runs a plan as a job' {
        $plan = New-IotErasurePlan 'th-011' -Path (Join-Path $TestDrive 'plan.json')
        $receipts = $plan | Remove-IotDeviceData -Force -AsJob | Receive-Job -Wait -AutoRemoveJob
        $receipts.DeviceId | Sort-Object -Unique | Should -Be 'th-011'
    }

    It 'starts nothing that would have to ask' {
        { Remove-IotDeviceData 'th-012' -AsJob } | Should -Throw -ErrorId 'JobCannotAsk,*'
        { Remove-IotDeviceData 'th-012' -AsJob -Force -Confirm } | Should -Throw -ErrorId 'JobCannotAsk,*'
        { New-IotDataRequest 'th-012' | Resume-IotDataRequest -AsJob -ErrorAction Stop } | Should -Throw -ErrorId 'JobCannotAsk,*'
        Get-Job | Where-Object Name -Like '*-Iot*' | Should -BeNullOrEmpty
    }

    It 'says with -WhatIf what it would do' {
        # The host says it, which no stream of this process shows: another one does.
        $script = "Import-Module '$(Join-Path $PSScriptRoot '../../IotHubDsr.psd1')'; `$sandbox = Start-IotHubSandbox; "
        $script += "Connect-IotHubDsr -Sandbox `$sandbox -RequestStore '$(Join-Path $TestDrive 'what-if')' | Out-Null; "
        $script += "Remove-IotDeviceData 'th-012' -WhatIf -AsJob | Receive-Job -Wait; Stop-IotHubSandbox `$sandbox"
        $said = dotnet (Join-Path $PSHOME 'pwsh.dll') -NoProfile -Command $script
        "$said" | Should -Match "What if: .*'th-012' of contoso-hub.azure-devices.net in DeviceRegistry"
    }

    It 'erases nothing with -WhatIf or $WhatIfPreference' {
        Remove-IotDeviceData 'th-013' -WhatIf -Force -AsJob | Receive-Job -Wait -AutoRemoveJob | Should -BeNullOrEmpty
        & { $WhatIfPreference = $true; Remove-IotDeviceData 'th-013' -Force -AsJob } | Receive-Job -Wait -AutoRemoveJob | Should -BeNullOrEmpty
        (Get-IotDeviceDataFootprint 'th-013' | Where-Object Kind -EQ 'DeviceRegistry').Verdict | Should -Be 'Present'
    }

    It 'shows who works on a request, and ends the work when the job is stopped' {
        $call = @{
            Uri = [uri]::new($sandbox.ControlUri, 'faults')
            Headers = @{ 'x-sandbox-key' = $sandbox.ControlKey }
            SkipCertificateCheck = $true
        }
        $slow = @{ service = 'blob'; host = 'contosorouted.blob.core.windows.net'; latencyMilliseconds = 500; times = 100000 }
        Invoke-RestMethod @call -Method Post -Body ($slow | ConvertTo-Json) -ContentType 'application/json'
        try {
            $job = 'th-014' | Remove-IotDeviceData -Force -AsJob
            do { $running = Get-IotDataRequest | Where-Object { "$($_.Status)" -eq 'Running' } } until ($running -or $job.State -in 'Completed', 'Failed')
            $running | Should -Not -BeNullOrEmpty
            $running | Out-String -Width 120 | Should -Match "Running +$($running.DueAt.ToString('yyyy-MM-dd')) by .*process"
            $job | Stop-Job
            $job.State | Should -Be 'Stopped'
            $job | Remove-Job
            "$((Get-IotDataRequest $running.RequestId).Status)" | Should -Be 'Interrupted'
        } finally {
            Invoke-RestMethod @call -Method Delete
        }
    }
}
