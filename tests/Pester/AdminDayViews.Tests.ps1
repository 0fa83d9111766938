#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5' }

# A console of 80 columns gives 79 to tables.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../IotHubDsr.psd1') -Force
    $script:sandbox = Start-IotHubSandbox
    $script:context = Connect-IotHubDsr -Sandbox $sandbox -RequestStore (Join-Path $TestDrive 'requests')
    $script:locations = Get-IotDataLocation
    $script:findings = Get-IotDeviceDataFootprint 'dev1'
    $script:receipts = Remove-IotDeviceData 'th-020' -Force
    $script:request = Get-IotDataRequest $receipts[0].RequestId

    # The rows of a table at a width, without its headers.
    function Get-Row([object[]] $InputObject, [int] $Width) {
        $lines = ($InputObject | Out-String -Width $Width) -split '\r?\n' | ForEach-Object TrimEnd | Where-Object { $_ }
        ($lines | ForEach-Object Length | Measure-Object -Maximum).Maximum | Should -BeLessOrEqual $Width
        $lines | Select-Object -Skip 2
    }
}

AfterAll {
    if (Get-IotHubDsrContext) { Disconnect-IotHubDsr }
    Stop-IotHubSandbox $sandbox
}

Describe 'Views show what tells rows apart, at 80, 100 and 120 columns' {
    It 'for locations' {
        foreach ($width in 79, 80, 100, 120) {
            $rows = Get-Row $locations $width
            $rows | ForEach-Object { $_.Substring(0, 42) } | Sort-Object -Unique | Should -HaveCount $locations.Count
            foreach ($place in $locations.Place | Where-Object Length -LE 35) {
                $rows | Where-Object { $_.Contains(" $place ") } | Should -Not -BeNullOrEmpty -Because $place
            }
        }
    }

    It 'for findings' {
        foreach ($width in 79, 80, 100, 120) {
            Get-Row $findings $width | Where-Object { $_.EndsWith('…') } | Should -BeNullOrEmpty
            Get-Row $findings $width | ForEach-Object { $_.Substring(39).TrimEnd() } | Sort-Object -Unique | Should -HaveCount $findings.Count
        }
    }

    It 'for receipts and the locations of a request' {
        foreach ($width in 79, 80, 100, 120) {
            Get-Row $receipts $width | Where-Object { $_.EndsWith('…') } | Should -BeNullOrEmpty
            Get-Row $receipts $width | ForEach-Object { $_.Substring(45) } | Sort-Object -Unique | Should -HaveCount $receipts.Count
            Get-Row $request.Locations $width | Sort-Object -Unique | Should -HaveCount $request.Locations.Count
        }
    }

    It 'for plans, requests and certificates' {
        $plan = New-IotErasurePlan 'th-021'
        foreach ($width in 79, 80, 100, 120) {
            Get-Row $plan $width | Should -BeLike '*sha256:*'
            Get-Row $plan.Steps $width | ForEach-Object { $_.Substring(43) } | Sort-Object -Unique | Should -HaveCount $plan.Steps.Count
            Get-Row $request $width | Should -BeLike "$($request.RequestId) *$($request.DueAt.ToString('yyyy-MM-dd')) *"
            Get-Row $request.Certificates $width | Should -BeLike "*$([IO.Path]::GetFileName($request.Certificates[0].Path))"
        }
    }
}

Describe 'What is wide is shortened where it tells least' {
    It 'shortens the kind before the place, and cuts the place in its middle' {
        [IotHubDsr.TableText]::Location('RoutedBlobContainer', 'account/container', 37) | Should -Be 'RoutedBlobContainer account/container'
        [IotHubDsr.TableText]::Location('RoutedBlobContainer', 'account/container', 30) | Should -Be 'RoutedBlobC… account/container'
        [IotHubDsr.TableText]::Location('RoutedBlobContainer', 'account/a-container-of-a-long-name', 30) | Should -Be 'Route… account/a-c…a-long-name'
        [IotHubDsr.TableText]::Middle('contoso-thermostat-0001', 15) | Should -Be 'contoso…at-0001'
    }
}

Describe 'Lists have a text form in tables of other programs' {
    It 'writes their items with Export-Csv' {
        $path = Join-Path $TestDrive 'all.csv'
        foreach ($objects in $locations, $findings, $request, (New-IotErasurePlan 'th-021'), ($request.Certificates | Test-IotErasureCertificate),
            (Export-IotDeviceData 'th-021' -Path (Join-Path $TestDrive ([guid]::NewGuid())))) {
            $objects | Export-Csv $path
            Get-Content $path -Raw | Should -Not -Match 'System\.|IotHubDsr\.|`'
        }

        $locations | Export-Csv $path
        (Import-Csv $path | Where-Object Place -EQ 'contosorouted/raw-json').Provenance | Should -BeLike "route 'telemetry-json' *"
        $request | Export-Csv $path
        (Import-Csv $path).DeviceId | Should -Be 'th-020'
    }

    It 'leaves them lists' {
        $request.DeviceId[0] | Should -Be 'th-020'
        $request.DeviceId[-1] | Should -Be 'th-020'
        $request.DeviceId.Count | Should -Be 1
        $request.DeviceId | Should -Contain 'th-020'
        ($request | ConvertTo-Json -Depth 4 | ConvertFrom-Json).DeviceId | Should -Be 'th-020'
    }
}

Describe 'Numbers agree with their nouns' {
    It 'counts one device as one device' {
        $lines = Get-IotDeviceDataFootprint 'dev2' -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object Message
        $lines | Should -Not -BeNullOrEmpty
        $lines -match '\b1 (devices|blobs|records|items|folders)\b' | Should -BeNullOrEmpty
        "$(New-IotErasurePlan 'th-021')" | Should -Not -Match '^1 steps'
    }
}

Describe 'Requests are listed by urgency' {
    It 'lists what is due first, and what is closed last' {
        $later, $sooner = 1, 20 | ForEach-Object { [DateTimeOffset]::Now.AddDays(-$_) } | ForEach-Object { New-IotDataRequest 'th-022' -RequestStore (Join-Path $TestDrive 'urgent') -ReceivedAt $_ }
        $closed = New-IotDataRequest 'th-023' -RequestStore (Join-Path $TestDrive 'urgent') -ReceivedAt ([DateTimeOffset]::Now.AddDays(-25)) |
            Set-IotDataRequest -AnswerNote 'Nothing was held.'
        (Get-IotDataRequest -RequestStore (Join-Path $TestDrive 'urgent')).RequestId | Should -Be $sooner.RequestId, $later.RequestId, $closed.RequestId
    }
}
