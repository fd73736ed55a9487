import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Allow } from '../access/allow.decorator.js';
import { requireJwt } from './jwt-body.js';
import { ReportsService, type Receipt } from './reports.service.js';

@Controller('reports')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Post()
  @HttpCode(202)
  @Allow('report:submit')
  submit(@Body() body: unknown): Promise<Receipt> {
    return this.reports.submit(requireJwt(body));
  }
}
